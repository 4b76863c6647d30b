"""Measures what we promise about speed, prints a table, and fails where a goal is missed by more than the noise.

python -m benchmarks [--quick]
"""

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.sidebyside import BIN, Command, Comparison, compare
from runner.shipped import copy_example

NOISE = 1.15
"""How far above its goal a ratio may be before that counts as missed."""


def main() -> None:
    """Prints the table; the exit code is 1 where a goal is missed."""
    rounds = 9 if "--quick" in sys.argv[1:] else 20
    with tempfile.TemporaryDirectory(prefix="orch-bench-") as name:
        folder = Path(name)
        finish = compare(_gate_finish(folder / "finish"), _empty_test(folder / "bare"), rounds)
        idle = compare(
            _empty_test(folder / "idle"),
            _empty_test(folder / "without", "-p", "no:gate_tests.plugin"),
            5 * rounds,  # a few milliseconds are looked for
        )
    missed = [
        _row("orch gate finish (G2, 7 checks)", "pytest -q, one empty test", finish, finish.ratio, 1.3, NOISE),
        _row("pytest with the idle plugin, ms", "pytest without it", idle, idle.difference_ms, 5, 2),
    ]
    sys.exit(1 if any(missed) else 0)


def _row(work: str, against: str, measured: Comparison, figure: float, goal: float, noise: float) -> bool:
    """Prints a row; whether its goal was missed by more than the noise."""
    ours, yardstick = measured.times_ms
    missed = figure > goal * noise
    verdict = "missed" if missed else "met" if figure <= goal else "met within the noise"
    print(f"{work:34} {ours:7.1f} ms   {against:28} {yardstick:7.1f} ms   {figure:6.2f}  goal {goal:g}  {verdict}")
    return missed


def _gate_finish(root: Path) -> Command:
    """`orch gate finish` on good work, each time on the same attempt, just started."""
    orch, gate = str(BIN / "orch"), "G2"
    root.mkdir()
    _quietly(orch, "-C", str(root), "init")
    copy_example(gate, root)
    created = _quietly(
        orch, "-C", str(root), "run", "start", "--workflow", "visual-essay", "--slug", "the-word-robot", "--json"
    )
    run_id = json.loads(created)["run_id"]
    at_gate = ("--run", run_id, "--gate", gate)
    _quietly(orch, "-C", str(root), "gate", "start", *at_gate, "--agent", "benchmark")
    folder, started = root / "orchestration/runs" / run_id, root / "started"
    shutil.copytree(folder, started)

    def prepare() -> None:
        shutil.rmtree(folder)
        shutil.copytree(started, folder)

    return Command("orch gate finish", (orch, "gate", "finish", *at_gate), root, prepare)


def _empty_test(folder: Path, *arguments: str) -> Command:
    """Bare pytest on one empty test, its cache removed first: it keeps every node id it ever saw."""
    folder.mkdir()
    (folder / "test_empty.py").write_text("def test_empty(): pass\n", "utf-8")

    def prepare() -> None:
        shutil.rmtree(folder / ".pytest_cache", ignore_errors=True)

    return Command("pytest", (str(BIN / "pytest"), "-q", "test_empty.py", *arguments), folder, prepare)


def _quietly(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout


if __name__ == "__main__":
    main()
