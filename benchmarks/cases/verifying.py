"""How fast `orch verify` is, and how much memory it takes: many artifacts of one run, many runs without artifacts."""

import sys
from pathlib import Path
from typing import Any

from benchmarks.cases.hashing import write_small
from benchmarks.cases.repositories import ORCH, Project, invoked, with_contracts
from benchmarks.measure.timer import Command, NotMeasured

_GATES = ("C1", "C2", "C3")
_CHECKS = 26
_INVOCATIONS = 12
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
