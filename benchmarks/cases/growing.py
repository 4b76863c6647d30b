"""What grows with a contract: time and memory of many outputs, against as many parametrized tests."""

from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks.cases.repositories import made_up, write_outputs
from benchmarks.cases.starting import bare_pytest
from benchmarks.measure.benchmark import Benchmark, Scale
from benchmarks.measure.memory import peak
from benchmarks.measure.table import Row, Shortfall
from benchmarks.measure.timer import Command, compare

TIMES = 5

_PARAMETRIZED = """\
import hashlib
import pytest

@pytest.mark.parametrize("number", range({outputs}))
def test_output(number):
    with open(f"out/{{number}}.md", "rb") as file:
        assert len(hashlib.sha256(file.read()).hexdigest()) == 64
"""


def finish(folder: Path, outputs: int) -> Command:
    """`orch gate finish` of one contract that asks for that many outputs of 220 bytes."""
    return made_up(folder, 1, outputs).start("C1").finish("C1")


def parametrized(folder: Path, outputs: int) -> Command:
    """As many parametrized tests; each opens, reads and hashes its file."""
    write_outputs(folder / "out", outputs)
    (folder / "test_outputs.py").write_text(_PARAMETRIZED.format(outputs=outputs), "utf-8")
    return bare_pytest(folder, "test_outputs.py")


def measure_outputs(folder: Path, scale: Scale) -> list[Row]:
    """Time and memory at one size, beside pytest; then the time at five times that, beside our own."""
    many, more = scale.outputs, TIMES * scale.outputs
    ours, theirs = finish(folder / "ours", many), parametrized(folder / "parametrized", many)
    against = f"{many:,} parametrized tests"
    row = Row.of(f"{many:,} outputs in one contract", against, 0.25, compare(ours, theirs, scale.slow_rounds))
    reason = "each check is an item with a report, and its result is sent, compared and recorded"
    rows = [replace(row, shortfall=Shortfall(0.3, reason))]
    rows.append(_memory_row(f"{many:,} outputs, peak memory of all processes", against, ours, theirs, scale))
    grown = compare(finish(folder / "more", more), ours, scale.slow_rounds)
    return [*rows, Row.of(f"{more:,} outputs in one contract", f"ours at {many:,}", 5.5, grown)]


def _memory_row(work: str, against: str, ours: Command, theirs: Command, scale: Scale) -> Row:
    """The sum of our processes' peaks is held to the goal: it is never less than what was taken."""
    pairs = [(peak(ours), peak(theirs)) for _ in range(max(1, scale.slow_rounds // 2))]
    own = median(mine.sum_mb for mine, _ in pairs)
    yardstick = median(other.sum_mb for _, other in pairs)
    note = f"the largest {median(mine.largest_mb for mine, _ in pairs):,.0f} MB"
    reason = "two processes, each with an interpreter and libraries; the sum counts twice what they share"
    return Row(
        work, against, own, yardstick, own / yardstick, 0.9, unit="MB", note=note, shortfall=Shortfall(2.1, reason)
    )


BENCHMARKS = (Benchmark("outputs", measure_outputs),)
