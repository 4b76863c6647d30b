"""Measures what we promise about speed, prints a table, and fails where a goal is missed by more than the noise.

python -m benchmarks [--quick] [NAME …]
"""

import sys
from collections.abc import Sequence

from benchmarks.cases import ci, growing, hashing, hooks, idle, memory, records, scaling, starting, verifying
from benchmarks.measure.benchmark import FULL, QUICK, Benchmark, Scale
from benchmarks.measure.installed import is_installed, run_installed
from benchmarks.measure.table import Row, heading_lines, line, prefer

BENCHMARKS = (
    *starting.BENCHMARKS,
    *growing.BENCHMARKS,
    *hashing.BENCHMARKS,
    *memory.BENCHMARKS,
    *records.BENCHMARKS,
    *idle.BENCHMARKS,
    *hooks.BENCHMARKS,
    *scaling.BENCHMARKS,
    *verifying.BENCHMARKS,
    *ci.BENCHMARKS,
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
    """Prints each row as soon as it is measured; gives how many were missed.

    What is missed is measured once more after all others: other work on the machine may last for minutes.
    """
    for text in heading_lines():
        print(text)
    measured = {benchmark: _print_rows(benchmark.run(scale)) for benchmark in benchmarks}
    missed = {benchmark: rows for benchmark, rows in measured.items() if any(row.is_missed for row in rows)}
    if missed:
        print("\nmeasured once more:")
    for benchmark, rows in missed.items():
        again = prefer(rows, benchmark.measure_once(scale))
        measured[benchmark] = again
        _print_rows([new for old, new in zip(rows, again, strict=True) if old.is_missed])
    count = sum(row.is_missed for rows in measured.values() for row in rows)
    print(f"\n{count} missed" if count else "\nevery goal is met, but for those that say why not")
    return count


def _print_rows(rows: list[Row]) -> list[Row]:
    for row in rows:
        print(line(row.cells()), flush=True)
    return rows


if __name__ == "__main__":
    main()
