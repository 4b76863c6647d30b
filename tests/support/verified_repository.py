"""A repository with a passed run that holds all that a record can hold, for tests that edit it."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from gate_tests.workspace.names import Depth
from runner.models.ids import new_invocation_id
from runner.models.invocation import Ended, ProgramEnd, invocation_log
from runner.models.run import Prompt
from runner.models.timestamps import now
from runner.models.usage import Usage
from runner.operations.invocations import record_invocation
from runner.operations.runs import RunRequest, start_run
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.repository import Repository

OUT: Final = "out/tea"
NOTES, ESSAY, FACTS, REVIEW = (f"{OUT}/{name}" for name in ("notes.md", "essay.md", "facts.json", "review.md"))
SOURCE, SCHEMA, SCRIPT = "sources/leaves.md", "schemas/facts.json", "scripts/count.py"
WORKFLOW = "orchestration/workflows/tests.json"
QUOTATION = "green tea is the leaf of one plant and no other\n"

_CONTRACTS: Final[dict[str, dict[str, Any]]] = {
    "G1": {
        "required_outputs": {"all_of": [{"path": "{artifact_path}/notes.md"}, {"path": "out/{slug}/extra.md"}]},
        "validations": [
            {"type": "word_count", "target": "{artifact_path}/notes.md", "min": 3, "description": "Enough words"},
            {"type": "not_contains", "target": "{artifact_path}/notes.md", "pattern": "four", "severity": "warning"},
        ],
    },
    "G2": {
        "required_outputs": {"all_of": [{"path": "{artifact_path}/essay.md"}, {"path": "{artifact_path}/facts.json"}]},
        "validations": [
            {"type": "quotes_resolve", "target": "{artifact_path}/essay.md", "sources": ["sources/*.md"]},
            {"type": "json_schema", "target": "{artifact_path}/facts.json", "schema": SCHEMA},
        ],
    },
    "G3": {
        "required_outputs": {"any_of": [{"path": "{artifact_path}/review.md"}, {"path": "{artifact_path}/audit.md"}]},
        "validations": [{"type": "unchanged_since", "gate": "G2"}],
        "pre_scripts": [{"path": SCRIPT, "interpreter": "python3"}],
    },
}


def make_verified_repository(root: Path) -> tuple[Repository, str]:
    """The repository, committed, and the id of its run.

    G1 failed, and the run was completed and resumed; then G1 passed by a changed contract, which was accepted, and
    an agent was called for it. G2 was started by force, abandoned, and passed. G3 was failed by hand once.
    """
    repository = Repository(root)
    for gate, keys in _CONTRACTS.items():
        repository.write_contract(gate, **keys)
    _write_workflow(repository)
    repository.write(SCRIPT, "print(1)\n")
    repository.write(SCHEMA, '{"type": "object"}\n')
    repository.write(SOURCE, QUOTATION)
    repository.write("prompt.md", "Write about tea.\n")
    workflow = load_workflow(repository.workspace, "tests")
    prompt = Prompt("prompt.md", sha256(b"Write about tea.\n").hexdigest())
    request = RunRequest(workflow, "tea", None, Depth.STANDARD, prompt)
    run_id = start_run(Store(repository.workspace), request, now()).run_id
    _work(repository, run_id)
    return repository.commit(), run_id


def _write_workflow(repository: Repository) -> None:
    path = repository.write_workflow("G1", "G2", "G3", variables={"audience": "children"})
    workflow = json.loads(path.read_text("utf-8"))
    workflow["gates"][1]["requires"] = ["G1"]
    path.write_text(json.dumps(workflow, indent=2), "utf-8")


def _work(repository: Repository, run_id: str) -> None:
    at = ("--run", run_id, "--gate")
    _do(repository, "gate", "start", *at, "G1", "--agent", "maker")
    repository.write(NOTES, "two words\n")
    _do(repository, "gate", "finish", *at, "G1", code=1)
    _do(repository, "run", "complete", "--run", run_id)
    _do(repository, "run", "resume", "--run", run_id, code=5)
    _do(repository, "gate", "start", *at, "G2", "--agent", "writer", "--force", "in a hurry")
    contract = repository.root / "orchestration/gates/contracts/G1.contract.json"
    contract.write_text(contract.read_text("utf-8").replace('"min": 3', '"min": 4'), "utf-8")
    _do(repository, "gate", "start", *at, "G1", "--agent", "maker", "--abandon", "--accept-contract")
    repository.write(NOTES, "one two three four\n")
    repository.write(f"{OUT}/extra.md", "more\n")
    _do(repository, "invocation", "record", *at, "G1", "--agent", "searcher", "--model", "m-1", "--duration-ms", "1200")
    _record_program(repository, run_id)
    _do(repository, "gate", "finish", *at, "G1")
    _do(repository, "gate", "start", *at, "G2", "--agent", "writer", "--abandon")
    repository.write(ESSAY, f"> {QUOTATION}")
    repository.write(FACTS, "{}\n")
    _do(repository, "gate", "finish", *at, "G2")
    _do(repository, "gate", "fail", *at, "G3", "--reason", "not yet")
    _do(repository, "gate", "start", *at, "G3", "--agent", "reader")
    repository.write(REVIEW, "good\n")
    _do(repository, "gate", "finish", *at, "G3")
    _do(repository, "run", "complete", "--run", run_id)


def _do(repository: Repository, *arguments: str, code: int = 0) -> None:
    ended = repository.orch(*arguments)
    assert ended.code == code, ended.out + ended.err


def _record_program(repository: Repository, run_id: str) -> None:
    """An invocation as a pipeline records it: with the end of the program, and what it used."""
    ended_at = now()
    invocation_id = new_invocation_id(ended_at)
    log = f"{repository.workspace.run_path(run_id)}/logs/{invocation_log(invocation_id)}"
    end = ProgramEnd("claude", Ended.EXITED, 0, log)
    usage = Usage(3210, 40, 0.25, "claude-code")
    store = Store(repository.workspace)
    record_invocation(store, run_id, "G1", "maker", ended_at, usage=usage, invocation_id=invocation_id, end=end)
