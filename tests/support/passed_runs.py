"""Runs with gates that passed on given days with given files, and their records."""

import json
from hashlib import sha256

from gate_tests.checks.result import CheckResult, CheckStatus, ReadFile
from gate_tests.contract import Severity
from runner.models.artifact import Artifact
from runner.models.gate import Gate
from runner.models.json_encoding import encode
from runner.models.run import Run
from runner.storage.store import Store
from tests.support.repository import Repository
from tests.support.sample_run import RUN_ID, finish, new_run, start

REQUIRES = {"G2": ["G1"], "G3": ["G2"]}
DAY = "2026-11-2{}T10:00:00.000Z"


def write_chain(repository: Repository) -> Repository:
    """A workflow of three gates, each of which requires the one before, and a file that G1 may pass with."""
    (repository.root / "orchestration/runs").mkdir()
    repository.write_workflow("G1", "G2", "G3")
    path = repository.root / "orchestration/workflows/tests.json"
    workflow = json.loads(path.read_text("utf-8"))
    for gate in workflow["gates"]:
        gate["requires"] = REQUIRES.get(gate["gate"], [])
        repository.write_contract(gate["gate"], required_outputs={"all_of": [{"path": f"out/{gate['gate']}.md"}]})
    path.write_text(json.dumps(workflow), "utf-8")
    repository.write("out/tea.md", "tea")
    return repository


def of_three(run_id: str = RUN_ID) -> Run:
    gates = tuple(Gate(gate, f"Step {gate}") for gate in ("G1", "G2", "G3"))
    return new_run()._replace(run_id=run_id, gates=gates)


def passing(run: Run, gate: str, day: int, *, read: str | None = None, **files: str) -> Run:
    """The run after the gate passed on that day of November with these outputs, `tea` being `out/tea.md`."""
    outputs = {f"out/{name}.md": content.encode() for name, content in files.items()}
    rows = (ReadFile("out/tea.md", hash_of(read)),) if read is not None else ()
    check = CheckResult("a", "file_exists", "a", "a", Severity.ERROR, CheckStatus.PASSED, "", {}, read=rows)
    run = start(run, gate)
    run = finish(run, gate, tuple(Artifact(p, p, sha256(c).hexdigest(), len(c)) for p, c in outputs.items()))
    last = run.gate(gate).attempts[-1]._replace(finished_at=DAY.format(day), validations=(check,))
    changed = run.gate(gate)
    return run.with_gate(changed._replace(attempts=(*changed.attempts[:-1], last)))


def hash_of(content: str) -> str:
    return sha256(content.encode()).hexdigest()


def write_run(repository: Repository, run: Run) -> None:
    """Writes the run and the files of its attempts."""
    Store(repository.workspace).create(run)
    for gate in run.gates:
        for attempt in gate.attempts:
            path = repository.workspace.attempt_path(run.run_id, gate.gate, attempt.number)
            repository.write(path, encode(attempt.to_json()))
