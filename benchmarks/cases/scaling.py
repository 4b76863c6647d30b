"""What workers of pytest-xdist cost and bring on this machine: `orch gate check -n 2` beside the same without."""

import os
from dataclasses import replace
from pathlib import Path

from benchmarks.cases.hashing import gigabytes
from benchmarks.cases.repositories import Project, made_up
from benchmarks.cases.starting import confirm_named
from benchmarks.measure.benchmark import Benchmark, Scale
from benchmarks.measure.table import Row
from benchmarks.measure.timer import Command, compare

_FILES = 3


def measure_workers(folder: Path, scale: Scale) -> list[Row]:
    """Many small checks, for which they do not pay; and two large files, for which they must not cost much."""
    small, large = made_up(folder / "small", 1, scale.outputs), made_up(folder / "large", 1, _FILES)
    for number in range(1, _FILES):  # the first stays as it is, for a check reads it as text
        os.truncate(large.root / f"out/C1/{number}.md", scale.large_bytes // 4)
    files = f"{_FILES - 1} files of {gigabytes(scale.large_bytes // 4)}"
    return [
        _row(f"{scale.outputs:,} outputs, orch gate check -n 2", small, 8, scale),
        _row(f"{files}, orch gate check -n 2", large, 2, scale),
    ]


def _row(work: str, project: Project, goal: float, scale: Scale) -> Row:
    check = project.again("gate", "check", "--run", project.run_id, "--gate", "C1")
    alone = replace(check, confirm=confirm_named(["C1"]))
    shared: Command = replace(alone, arguments=(*alone.arguments, "-n", "2"))
    return Row.of(work, "without workers", goal, compare(shared, alone, scale.slow_rounds))


BENCHMARKS = (Benchmark("workers", measure_workers),)
