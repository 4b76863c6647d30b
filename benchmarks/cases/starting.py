"""What is done once: one gate, small commands, further gates in one command, a crowded folder."""

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.cases.repositories import AGENT, ORCH, PYTEST, flags, made_up, shipped
from benchmarks.measure.benchmark import Benchmark, Scale
from benchmarks.measure.table import Row, Shortfall
from benchmarks.measure.timer import Command, Comparison, NotMeasured, compare, in_turn

GATES = tuple(f"C{number}" for number in range(1, 11))
_PYTHONS = 6
_CLICK = "import gc, os; gc.disable(); import click; os._exit(0)"


def empty_test(folder: Path, *arguments: str) -> Command:
    """Bare pytest on one empty test, its cache removed first: it keeps every node id it ever saw."""
    folder.mkdir(parents=True)
    (folder / "test_empty.py").write_text("def test_empty(): pass\n", "utf-8")
    return bare_pytest(folder, "test_empty.py", *arguments)


def bare_pytest(folder: Path, *arguments: str) -> Command:
    """`pytest -q`, its cache removed first."""

    def prepare() -> None:
        shutil.rmtree(folder / ".pytest_cache", ignore_errors=True)

    return Command("pytest", (PYTEST, "-q", *arguments), folder, prepare)


def measure_finish(folder: Path, scale: Scale) -> list[Row]:
    """One gate of seven checks, sealed, validated, recorded, cold."""
    ours, yardstick = shipped(folder / "ours").finish("G2"), empty_test(folder / "bare")
    compared = compare(ours, yardstick, scale.rounds)
    return [Row.of("orch gate finish, 7 checks", "pytest -q, one empty test", 0.85, compared)]


def measure_markdown(folder: Path, scale: Scale) -> list[Row]:
    """What headings and citations cost: the parser is imported, and six files are parsed."""
    whole, seven = shipped(folder / "whole", whole=True), shipped(folder / "seven")
    compared = compare(whole.finish("G2"), seven.finish("G2"), scale.rounds)
    return [Row.of("orch gate finish, all of G2: Markdown is parsed", "7 checks that parse none", 1.4, compared)]


def measure_bytecode(folder: Path, scale: Scale) -> list[Row]:
    """What a start costs where no bytecode is kept: each module that is imported is compiled again."""
    with_it = Command("python", (sys.executable, "-c", "import pytest"), folder)
    nowhere = f"pycache_prefix={folder / 'nowhere'}"
    without = Command("python", (sys.executable, "-B", "-X", nowhere, "-c", "import pytest"), folder)
    compared = compare(without, with_it, scale.slow_rounds)
    return [Row.of("import pytest, without bytecode", "with it", 8, compared)]


def measure_commands(folder: Path, scale: Scale) -> list[Row]:
    """The commands that judge nothing, each against the start of Node, else of Python six times."""
    python = Command("python", (sys.executable, "-c", "pass"), folder, times=_PYTHONS)
    node = shutil.which("node")
    yardsticks = [Command("node", (node, "-e", "0"), folder)] if node else []
    names = ["node -e 0"] * bool(node) + [f"{_PYTHONS} times python -c pass"]
    rows = []
    for name, command in small_commands(folder).items():
        ours, *others = zip(*in_turn([command, *yardsticks, python], scale.rounds), strict=True)
        against, *also = [Comparison(tuple(zip(ours, other, strict=True))) for other in others]
        note = "".join(f"{each.ratio:.2f} of {names[-1]}" for each in also)
        rows.append(replace(Row.of(name, names[0], 0.75, against, note=note), shortfall=_SHORTFALLS.get(name)))
    return rows


_WHY = "Python and click, which is the first row, leave too little for the modules that read and write a record"
_SHORTFALLS = {
    "orch --help": Shortfall(0.85, "Python and click, which is the first row, leave little"),
    "orch run list": Shortfall(0.95, _WHY),
    "orch run show": Shortfall(1.0, _WHY),
    "orch gate start": Shortfall(1.35, f"{_WHY}, compile a contract, hash its outputs and compare what is pinned"),
    "orch invocation record": Shortfall(1.05, _WHY),
}


def small_commands(folder: Path) -> dict[str, Command]:
    """The commands, by the names of their rows; each on a run of its own. First Python with click and nothing else."""
    on_run = {name: shipped(folder / name) for name in ("list", "show", "start", "record")}
    at_gate = {name: ("--run", project.run_id, "--gate", "G2") for name, project in on_run.items()}
    starting = ("gate", "start", *at_gate["start"], "--agent", AGENT, "--abandon")
    return {
        "python that imports click": Command("python", (sys.executable, "-c", _CLICK), folder),
        "orch --help": Command("orch --help", (ORCH, "--help"), folder),
        "orch run list": on_run["list"].again("run", "list"),
        "orch run show": on_run["show"].again("run", "show", *at_gate["show"][:2]),
        "orch gate start": on_run["start"].again(*starting),
        "orch invocation record": on_run["record"].again("invocation", "record", *at_gate["record"], "--agent", AGENT),
    }


def further_finish(folder: Path) -> tuple[Command, Command]:
    """`orch gate finish` of one gate, and of all in one command."""
    project = made_up(folder, len(GATES), 6).start(*GATES)
    return project.finish(GATES[0]), project.finish(*GATES)


def further_check(folder: Path) -> tuple[Command, Command]:
    """`orch gate check` of one, and of all."""
    project = made_up(folder, len(GATES), 6)

    def check(*gates: str) -> Command:
        arguments = ("gate", "check", "--run", project.run_id, *flags(gates))
        return Command("orch gate check", (ORCH, *arguments), project.root, confirm=confirm_named(gates))

    return check(GATES[0]), check(*GATES)


def further_pytest(folder: Path) -> tuple[Command, Command]:
    """pytest, typed directly, on one gate and on all of the run."""
    project = made_up(folder, len(GATES), 6)
    one, many = (bare_pytest(project.root, "--run", project.run_id, *flags(gates)) for gates in (GATES[:1], ()))
    return replace(one, confirm=_confirm_passed(7)), replace(many, confirm=_confirm_passed(7 * len(GATES)))


def confirm_named(gates: Sequence[str]) -> Callable[[str], None]:
    """Refuses what `orch gate check` printed where it does not say that these gates would pass."""

    def confirm(printed: str) -> None:
        if unjudged := [gate for gate in gates if f"PASS  {gate} " not in printed]:
            raise NotMeasured(f"orch gate check says nothing of {len(unjudged)} of its gates")

    return confirm


def _confirm_passed(checks: int) -> Callable[[str], None]:
    def confirm(printed: str) -> None:
        if f"{checks} passed" not in printed:
            raise NotMeasured(f"pytest did not run {checks} checks")

    return confirm


def _measure_further(name: str, make: Callable[[Path], tuple[Command, Command]]) -> Callable[[Path, Scale], list[Row]]:
    def measure(folder: Path, scale: Scale) -> list[Row]:
        return [further_row(name, in_turn(make(folder / "run"), scale.rounds))]

    return measure


def further_row(name: str, took_s: Sequence[Sequence[float]]) -> Row:
    """What each gate after the first costs beside it, from the seconds of one and of all, a pair for each round."""
    compared = Comparison(tuple(((many - one) / (len(GATES) - 1), one) for one, many in took_s))
    note = f"all {1000 * median(many for _, many in took_s):,.0f} ms"
    return Row.of(f"each further gate of {len(GATES)}, {name}", "the first", 0.15, compared, note=note)


def measure_crowded(folder: Path, scale: Scale) -> list[Row]:
    """A contract that lies beside many other files."""
    crowded, alone = shipped(folder / "crowded"), shipped(folder / "alone")
    for number in range(scale.crowd):
        (crowded.root / f"orchestration/gates/contracts/other-{number}.md").write_text("", "utf-8")
    compared = compare(crowded.finish("G2"), alone.finish("G2"), 2 * scale.rounds)
    return [Row.of(f"orch gate finish, beside {scale.crowd:,} other files", "alone", 1.05, compared)]


BENCHMARKS = (
    Benchmark("finish", measure_finish),
    Benchmark("markdown", measure_markdown),
    Benchmark("commands", measure_commands),
    Benchmark("bytecode", measure_bytecode),
    Benchmark("further-finish", _measure_further("orch gate finish", further_finish)),
    Benchmark("further-check", _measure_further("orch gate check", further_check)),
    Benchmark("further-pytest", _measure_further("pytest --run ID", further_pytest)),
    Benchmark("crowded", measure_crowded),
)
