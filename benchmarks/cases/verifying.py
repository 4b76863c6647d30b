"""How fast `orch verify` is, and how much memory it takes: many artifacts of one run, many runs without artifacts."""

import os
import subprocess
import sys
from dataclasses import replace
from operator import add
from pathlib import Path
from typing import Any

from benchmarks.cases.hashing import gigabytes, write_small
from benchmarks.cases.repositories import ORCH, Project, invoked, with_contracts
from benchmarks.measure.benchmark import Benchmark, Scale
from benchmarks.measure.memory import peak
from benchmarks.measure.table import Row
from benchmarks.measure.timer import Command, Comparison, NotMeasured, compare, in_turn

_GATES = ("C1", "C2", "C3")
_CHECKS = 29
_INVOCATIONS = 12
_RUNS = 1_000
_NOBODY = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org")
_ALONE = (
    sys.executable,
    "-c",
    "import os, sys; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); os.execv(sys.argv[1], sys.argv[1:])",
)
_READ_ALL = """\
import glob, json
paths = glob.glob("orchestration/runs/*/record/RUN.json") + glob.glob("orchestration/runs/*/record/gates/*/*.json")
print(sum(len(json.loads(open(path, "rb").read())) for path in paths))
"""


def verify(root: Path, runs: int, files: int = 0) -> Command:
    """`orch verify`. It must say that it verified that many runs and files."""

    def confirm(printed: str) -> None:
        if f"{runs:,} run" not in printed or (files and f"({files:,} ok)" not in printed):
            raise NotMeasured(
                f"orch verify says nothing of {runs:,} runs and {files:,} files: {printed.strip()[-200:]}"
            )

    return Command("orch verify", (ORCH, "verify"), root, confirm=confirm)


def read_all(root: Path) -> Command:
    """The yardstick: reads the same files, RUN.json and those of the attempts, with json.loads."""
    return Command("json.loads", (sys.executable, "-c", _READ_ALL), root)


def passed_run(root: Path, outputs: int) -> Project:
    """A run whose only gate passed with that many outputs, which match a glob, of 1 to 36 KiB, all below `root/out`."""
    contract = {"gate": "C1", "name": "Made up", "required_outputs": {"all_of": [{"path": "out/**/*.bin"}]}}
    project = with_contracts(root, {"C1": contract}).start("C1")
    (root / "out").mkdir()
    write_small(root / "out", outputs)
    return _pass(project, "C1")


def _pass(project: Project, *gates: str) -> Project:
    for gate in gates:
        project.orch("gate", "finish", "--run", project.run_id, "--gate", gate)
    return project


def write_runs(root: Path, runs: int) -> None:
    """Fills a repository with that many runs of 48 KB, passed and without outputs: results of checks, mostly."""
    root.mkdir(exist_ok=True)
    (root / "notes.md").write_text("".join(f"word {number}\n" for number in range(100)), "utf-8")
    project = with_contracts(root, {gate: _contract(gate) for gate in _GATES})
    invoked(project.start(*_GATES), _INVOCATIONS)
    _pass(project, *_GATES).orch("run", "complete", "--run", project.run_id)
    for number in range(runs - 1):
        _copy(project, f"{project.run_id[:-6]}{number:06}")


def _contract(gate: str) -> Any:
    checks = [
        {"type": "contains_text", "target": "notes.md", "pattern": f"word {number}", "description": "Says the word"}
        for number in range(_CHECKS)
    ]
    return {"gate": gate, "name": f"Made up {gate}", "validations": checks}


def _copy(project: Project, run_id: str) -> None:
    """The same run under another id."""
    for path in sorted(project.run_folder.rglob("*.json")):
        target = project.run_folder.parent / run_id / path.relative_to(project.run_folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes().replace(project.run_id.encode(), run_id.encode()))


def digest_all(root: Path) -> Command:
    """The yardstick: openssl reads the same artifacts, as many as a command line takes at once."""
    script = "find out -type f -print0 | xargs -0 openssl dgst -sha256 | tail -n 1"
    return Command("xargs openssl dgst -sha256", ("sh", "-c", script), root)


def verify_base(root: Path) -> Command:
    """`orch verify --base` where nothing has changed since."""

    def confirm(printed: str) -> None:
        if "no record edited, no rule changed" not in printed:
            raise NotMeasured(f"orch verify --base says something else: {printed.strip()[-200:]}")

    return Command("orch verify --base", (ORCH, "verify", "--base", "HEAD"), root, confirm=confirm)


def diff_stat(root: Path) -> Command:
    """The yardstick: git compares the same commit with the work tree."""
    return Command("git diff --stat", ("git", "diff", "--stat", "HEAD"), root)


def measure_artifacts(folder: Path, scale: Scale) -> list[Row]:
    """Many artifacts of one run, beside openssl on the same files."""
    root = folder / "artifacts"
    root.mkdir()
    passed_run(root, scale.outputs)
    compared = compare(verify(root, 1, scale.outputs), digest_all(root), scale.slow_rounds)
    return [Row.of(f"orch verify, {scale.outputs:,} artifacts of 1 to 36 KiB", "xargs openssl dgst", 1.3, compared)]


def measure_runs(folder: Path, scale: Scale) -> list[Row]:
    """Many runs without artifacts, beside json.loads of the same files."""
    runs = min(scale.runs, _RUNS)
    write_runs(folder, runs)
    compared = compare(verify(folder, runs), read_all(folder), scale.slow_rounds)
    return [Row.of(f"orch verify, {runs:,} runs of 48 KB", "json.loads of each file", 1.5, compared)]


def measure_base(folder: Path, scale: Scale) -> list[Row]:
    """The same runs against a commit that has them, where nothing has changed.

    Python alone takes several times as long to start as git takes for all of it: the start is part of the yardstick.
    """
    root = folder / "runs"
    runs = min(scale.runs, _RUNS)
    write_runs(root, runs)
    for command in (("init", "--quiet"), ("add", "--all"), (*_NOBODY, "commit", "--quiet", "-m", "all")):
        subprocess.run(("git", *command), cwd=root, check=True, capture_output=True)
    version = Command("orch --version", (ORCH, "--version"), root)
    ours, start, git = zip(*in_turn([verify_base(root), version, diff_stat(root)], scale.rounds), strict=True)
    compared, alone = (Comparison(tuple(zip(ours, other, strict=True))) for other in (map(add, start, git), git))
    note = f"{alone.ratio:.1f} of git diff --stat alone"
    against = "orch --version and git diff --stat"
    return [Row.of(f"orch verify --base, {runs:,} unchanged runs", against, 2.0, compared, note=note)]


def measure_memory(folder: Path, scale: Scale) -> list[Row]:
    """The peak of many runs beside a tenth of them, and of a large artifact beside a small one."""
    runs, fewer = min(scale.runs, _RUNS), max(1, min(scale.runs, _RUNS) // 10)
    many, few = folder / "many", folder / "few"
    write_runs(many, runs)
    write_runs(few, fewer)
    large_bytes, small_bytes = scale.large_bytes, scale.large_bytes // 16
    large, small = _large_artifact(folder / "large", large_bytes), _large_artifact(folder / "small", small_bytes)
    sizes = f"an artifact of {gigabytes(large_bytes)}", f"of {gigabytes(small_bytes)}"
    return [
        _memory_row(f"{runs:,} runs", f"{fewer:,} runs", verify(many, runs), verify(few, fewer)),
        _memory_row(*sizes, verify(large, 1, 1), verify(small, 1, 1)),
    ]


def _memory_row(work: str, against: str, ours: Command, yardstick: Command) -> Row:
    """Of one process: with one processor no other is forked, of which little would be told from this one."""
    own, other = (peak(replace(each, arguments=(*_ALONE, *each.arguments))).sum_mb for each in (ours, yardstick))
    return Row(f"orch verify, {work}, peak memory", against, own, other, own / other, 1.1, unit="MB")


def _large_artifact(root: Path, size_bytes: int) -> Path:
    """A run that passed with one sparse file."""
    root.mkdir()
    contract = {"gate": "C1", "name": "Made up", "required_outputs": {"all_of": [{"path": "out/*.bin"}]}}
    project = with_contracts(root, {"C1": contract}).start("C1")
    (root / "out").mkdir()
    (root / "out/large.bin").write_bytes(b"not blank")
    os.truncate(root / "out/large.bin", size_bytes)
    return _pass(project, "C1").root


BENCHMARKS = (
    Benchmark("verify", measure_artifacts),
    Benchmark("verify-runs", measure_runs),
    Benchmark("verify-base", measure_base),
    Benchmark("verify-memory", measure_memory),
)
