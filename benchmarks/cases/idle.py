"""What orch costs a session of pytest that has nothing to do with gates: its plugin, and that it is installed."""

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final

from benchmarks.cases.starting import bare_pytest
from benchmarks.measure.benchmark import Benchmark, Scale
from benchmarks.measure.environments import make_environment
from benchmarks.measure.table import Row, Shortfall
from benchmarks.measure.timer import Command, Comparison, in_turn

GOAL = 1.02
_WITHOUT = ("-p", "no:gate_tests.plugin")
_MAIN: Final = "import sys; from pytest import console_main; sys.exit(console_main())"
_SHORTFALL: Final = Shortfall(
    1.08 if sys.version_info < (3, 12) else 1.2,  # from 3.12 on Python looks for each of the files
    "pytest reads the list of installed files of each distribution with a plugin; ours is long, half of it bytecode",
)


def one_test(folder: Path, scale: Scale) -> str:
    """One empty test."""
    (folder / "test_empty.py").write_text("def test_empty(): pass\n", "utf-8")
    return "1 test"


def many_files(folder: Path, scale: Scale) -> str:
    """Many files of one test each."""
    for number in range(scale.idle_files):
        (folder / f"test_{number}.py").write_text("def test_empty(): pass\n", "utf-8")
    return f"{scale.idle_files:,} files"


def many_parameters(folder: Path, scale: Scale) -> str:
    """One test with many parameters."""
    text = f"import pytest\n@pytest.mark.parametrize('n', range({scale.idle_parameters}))\ndef test_empty(n): pass\n"
    (folder / "test_empty.py").write_text(text, "utf-8")
    return f"{scale.idle_parameters:,} parameters"


def sessions(folder: Path) -> tuple[Command, Command, Command]:
    """The session with the plugin, without it, and without it again: the last two differ by noise alone."""
    without = bare_pytest(folder, *_WITHOUT)
    return bare_pytest(folder), without, without


def _measure(write: Callable[[Path, Scale], str], rounds: Callable[[Scale], int]) -> Callable[[Path, Scale], list[Row]]:
    def measure(folder: Path, scale: Scale) -> list[Row]:
        what = write(folder, scale)
        took = in_turn(sessions(folder), rounds(scale))
        idle = Comparison(tuple((ours, without) for ours, without, _ in took))
        control = Comparison(tuple((without, again) for _, without, again in took))
        return [row(what, idle, control)]

    return measure


def row(what: str, idle: Comparison, control: Comparison) -> Row:
    """Its noise is at least what the control shows: how far the same command seems to differ from itself."""
    noise = max(abs(control.ratio - 1), control.noise)
    note = f"the control {control.ratio:.3f}"
    return Row.of(f"idle plugin, {what}", "pytest without it", GOAL, idle, noise=noise, note=note)


def installations(folder: Path) -> tuple[Command, Command, Command]:
    """One empty test where orch, where pytest-json-report and where only pytest is installed."""
    (folder / "test").mkdir()
    one = bare_pytest(folder / "test")
    (folder / "test/test_empty.py").write_text("def test_empty(): pass\n", "utf-8")
    pythons = [
        make_environment(folder / f"venv-{number}", *names)
        for number, names in enumerate((("orch-runner",), ("pytest-json-report",), ("pytest",)))
    ]
    ours, report, pytest = (replace(one, arguments=(python, "-c", _MAIN, "-q")) for python in pythons)
    return ours, report, pytest


def measure_installed(folder: Path, scale: Scale) -> list[Row]:
    """What orch adds to its dependency pytest-json-report; the row notes what both add to pytest."""
    ours, report, pytest = installations(folder)
    took = in_turn((ours, report, pytest, report), scale.idle_rounds)
    added, control, whole, dependency = (
        Comparison(tuple((each[one], each[other]) for each in took)) for one, other in ((0, 1), (3, 1), (0, 2), (1, 2))
    )
    noise = max(abs(control.ratio - 1), control.noise)
    note = f"{whole.ratio:.3f} of pytest alone, of which pytest-json-report {dependency.ratio:.3f}"
    row = Row.of("1 test, orch is installed", "only pytest-json-report is", GOAL, added, noise=noise, note=note)
    return [replace(row, shortfall=_SHORTFALL)]


BENCHMARKS = (
    Benchmark("idle-test", _measure(one_test, lambda scale: scale.idle_rounds)),
    Benchmark("idle-installed", measure_installed),
    Benchmark("idle-files", _measure(many_files, lambda scale: scale.idle_rounds // 4 or 1)),
    Benchmark("idle-parameters", _measure(many_parameters, lambda scale: scale.idle_rounds // 4 or 1)),
)
