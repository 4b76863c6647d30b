"""Measures what we promise about speed, prints a table, and fails where a goal is missed by more than the noise.

python -m benchmarks [--quick] [NAME …]
"""

import sys
from collections.abc import Sequence

from benchmarks.cases import growing, hashing, idle, memory, records, scaling, starting
from benchmarks.measure.benchmark import FULL, QUICK, Benchmark, Scale
from benchmarks.measure.installed import is_installed, run_installed
from benchmarks.measure.table import heading_lines, line

BENCHMARKS = (
    *starting.BENCHMARKS,
    *growing.BENCHMARKS,
    *hashing.BENCHMARKS,
    *memory.BENCHMARKS,
    *records.BENCHMARKS,
    *idle.BENCHMARKS,
    *scaling.BENCHMARKS,
)


def main() -> None:
    """Prints the table; the exit code is 1 where a goal is missed, 2 for a benchmark that does not exist."""
    arguments = sys.argv[1:]
    names = [argument for argument in arguments if argument != "--quick"]
    known = [benchmark.name for benchmark in BENCHMARKS]
    if unknown := [name for name in names if name not in known]:
        print(f"unknown benchmark {unknown[0]!r}; known: {', '.join(known)}", file=sys.stderr)
        sys.exit(2)
    if not is_installed():
        sys.exit(run_installed("benchmarks", *arguments))
    wanted = [benchmark for benchmark in BENCHMARKS if not names or benchmark.name in names]
    sys.exit(1 if print_table(wanted, QUICK if "--quick" in arguments else FULL) else 0)


def print_table(benchmarks: Sequence[Benchmark], scale: Scale) -> int:
    """Prints each row as soon as it is measured; gives how many were missed."""
    missed = 0
    for text in heading_lines():
        print(text)
    for benchmark in benchmarks:
        for row in benchmark.run(scale):
            print(line(row.cells()), flush=True)
            missed += row.is_missed
    print(f"\n{missed} missed" if missed else "\nevery goal is met, but for those that say why not")
    return missed


if __name__ == "__main__":
    main()
