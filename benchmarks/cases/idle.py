"""What the plugin costs a session of pytest that has nothing to do with gates."""

from collections.abc import Callable
from pathlib import Path

from benchmarks.cases.starting import bare_pytest
from benchmarks.measure.benchmark import Benchmark, Scale
from benchmarks.measure.table import Row
from benchmarks.measure.timer import Command, Comparison, in_turn

GOAL = 1.02
_WITHOUT = ("-p", "no:gate_tests.plugin")


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


BENCHMARKS = (
    Benchmark("idle-test", _measure(one_test, lambda scale: scale.idle_rounds)),
    Benchmark("idle-files", _measure(many_files, lambda scale: scale.idle_rounds // 4 or 1)),
    Benchmark("idle-parameters", _measure(many_parameters, lambda scale: scale.idle_rounds // 4 or 1)),
)
