"""Measures how our commands grow with the work, and draws it.

python -m benchmarks.growth [--draw]

The numbers go to growth.json and the drawing to growth.svg in docs/explanation/; `--draw` draws the numbers that are
there anew.
"""

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.cases import growing, records
from benchmarks.measure.drawing import Curve, Panel, draw
from benchmarks.measure.installed import CHECKOUT, is_installed, run_installed
from benchmarks.measure.timer import Command, in_turn

NUMBERS = CHECKOUT / "docs/explanation/growth.json"
DRAWING = CHECKOUT / "docs/explanation/growth.svg"
OUTPUTS = (10, 100, 1_000, 10_000, 50_000)
RECORDS = (1, 10, 100, 1_000, 10_000)
_MANY = 10_000

Pair = Callable[[Path, int], tuple[Command, Command]]


@dataclass(frozen=True)
class Subject:
    """What grows: the panel's words, the sizes, and the two commands at one size in an empty folder."""

    title: str
    unit: str
    ours: str
    yardstick: str
    sizes: tuple[int, ...]
    commands: Pair


def _outputs(folder: Path, size: int) -> tuple[Command, Command]:
    return growing.finish(folder / "ours", size), growing.parametrized(folder / "yardstick", size)


def _runs(folder: Path, size: int) -> tuple[Command, Command]:
    records.write_runs(folder, size)
    return records.list_runs(folder, size), records.read_all(folder)


def _invocations(folder: Path, size: int) -> tuple[Command, Command]:
    return records.record(folder / "ours", size), records.rewrite(folder / "yardstick", size)


SUBJECTS = (
    Subject("Outputs in one contract", "outputs", "orch gate finish", "pytest, parametrized tests", OUTPUTS, _outputs),
    Subject("Runs in a repository", "runs of 48 KB", "orch run list", "json.loads of each", RECORDS, _runs),
    Subject(
        "Invocations in a run",
        "invocations",
        "orch invocation record",
        "json rewrites the record",
        RECORDS,
        _invocations,
    ),
)


def measure(subject: Subject, sizes: Sequence[int]) -> Panel:
    """The seconds at each size, the medians of rounds in turn."""
    ours, yardstick = [], []
    for size in sizes:
        folder = Path(tempfile.mkdtemp(prefix="orch-bench-"))
        try:
            mine, other = zip(*in_turn(subject.commands(folder, size), _rounds(size)), strict=True)
        finally:
            shutil.rmtree(folder)
        ours.append((size, round(median(mine), 3)))
        yardstick.append((size, round(median(other), 3)))
        print(f"{size:>7,} {subject.unit}: {ours[-1][1]} s, {subject.yardstick} {yardstick[-1][1]} s", flush=True)
    return Panel(
        subject.title,
        subject.unit,
        Curve(subject.ours, tuple(ours)),
        Curve(subject.yardstick, tuple(yardstick)),
    )


def _rounds(size: int) -> int:
    """One of the large sizes, which take a minute: what noise adds to them is thinner than a line of the drawing."""
    return 1 if size >= _MANY else 3


def main() -> None:
    """Measures, unless only the drawing is wanted, and draws."""
    if "--draw" not in sys.argv[1:]:
        if not is_installed():
            sys.exit(run_installed("benchmarks.growth", *sys.argv[1:]))
        panels = [measure(subject, subject.sizes).to_json() for subject in SUBJECTS]
        NUMBERS.write_text(json.dumps(panels, indent=2) + "\n", "utf-8")
    panels = json.loads(NUMBERS.read_text("utf-8"))
    DRAWING.write_text(draw([Panel.from_json(panel) for panel in panels]), "utf-8")


if __name__ == "__main__":
    main()
