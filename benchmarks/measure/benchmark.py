"""What a benchmark is: a name, and how its rows are measured in an empty folder."""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.measure.table import LEAST_NOISE, Row, prefer
from benchmarks.measure.timer import NotMeasured


@dataclass(frozen=True)
class Scale:
    """How much is done. `rounds` of work that takes a fraction of a second, `slow_rounds` of what takes seconds."""

    rounds: int
    slow_rounds: int
    idle_rounds: int
    outputs: int
    runs: int
    invocations: int
    small_files: int
    crowd: int
    idle_files: int
    idle_parameters: int
    large_bytes: int
    least_noise: float


FULL = Scale(
    rounds=25,
    slow_rounds=5,
    idle_rounds=60,
    outputs=10_000,
    runs=10_000,
    invocations=10_000,
    small_files=10_000,
    crowd=10_000,
    idle_files=1_000,
    idle_parameters=10_000,
    large_bytes=4 << 30,
    least_noise=LEAST_NOISE,
)
QUICK = Scale(
    rounds=11,
    slow_rounds=3,
    idle_rounds=24,
    outputs=10_000,  # of fewer outputs or runs, the start of Python is most of it, and the goals mean nothing
    runs=10_000,
    invocations=10_000,
    small_files=10_000,
    crowd=10_000,
    idle_files=200,
    idle_parameters=2_000,
    large_bytes=1 << 30,
    least_noise=0.1,  # few rounds, on whatever machine CI has
)
TINY = Scale(
    rounds=1,
    slow_rounds=1,
    idle_rounds=1,
    outputs=20,
    runs=3,
    invocations=5,
    small_files=5,
    crowd=5,
    idle_files=3,
    idle_parameters=5,
    large_bytes=1 << 20,
    least_noise=LEAST_NOISE,
)
"""For the tests: whether the commands do their work. The ratios mean nothing."""


@dataclass(frozen=True)
class Benchmark:
    """Rows that are measured together. `measure` makes what it needs in the empty folder it is given."""

    name: str
    measure: Callable[[Path, Scale], list[Row]]

    def run(self, scale: Scale) -> list[Row]:
        """Its rows. What is missed is measured once more right away: other work on the machine passes by."""
        rows = self.measure_once(scale)
        return prefer(rows, self.measure_once(scale)) if any(row.is_missed for row in rows) else rows

    def measure_once(self, scale: Scale) -> list[Row]:
        """Its rows, as they are; one that says why where a command did not do its work."""
        folder = Path(tempfile.mkdtemp(prefix="orch-bench-"))
        try:
            rows = self.measure(folder, scale)
            return [replace(row, noise=max(row.noise, scale.least_noise)) for row in rows]
        except NotMeasured as why:
            return [Row.not_measured(self.name, str(why))]
        finally:
            shutil.rmtree(folder)
