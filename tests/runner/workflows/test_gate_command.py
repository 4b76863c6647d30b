"""The next command at a gate is one that is not refused, whatever has become of its files."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest

from runner.storage.store import Store
from runner.workflows.gate_command import GateCommands
from tests.support.repository import Repository

CONTRACT = "orchestration/gates/contracts/G2.contract.json"
WORKFLOW = "orchestration/workflows/tests.json"


@pytest.fixture
def repository(repository: Repository) -> Repository:
    """With a workflow of two gates."""
    repository.write_small_contracts().write_workflow("G1", "G2")
    return repository


def change_workflow(repository: Repository, **keys: Any) -> None:
    """Gives its second gate these keys."""
    path = repository.root / WORKFLOW
    workflow = json.loads(path.read_text("utf-8"))
    workflow["gates"][1].update(keys)
    path.write_text(json.dumps(workflow), "utf-8")


def touch(path: Path) -> None:
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")


def choose(repository: Repository, run_id: str, gate: str = "G2", *, may_accept: bool = False) -> str:
    """The command, which is not refused."""
    run = Store(repository.workspace).read(run_id)
    command = GateCommands(repository.workspace, run, may_accept).choose(gate)
    program, *words = shlex.split(command)
    ended = repository.orch(*words) if program == "orch" else repository.run("sh", "-c", command)
    assert ended.code in (0, 1), ended
    return command.replace(run_id, "RUN")


@pytest.mark.slow
def test_a_gate_is_started_by_its_usual_agent_then_finished(repository: Repository) -> None:
    run_id = repository.start_run(workflow="tests")
    assert choose(repository, run_id) == "orch gate start --run RUN --gate G2 --agent agent-G2"
    assert choose(repository, run_id) == "orch gate finish --run RUN --gate G2"


@pytest.mark.parametrize("path", [CONTRACT, WORKFLOW], ids=["contract", "workflow"])
@pytest.mark.parametrize("is_open", [False, True], ids=["start", "finish"])
def test_changed_rules_are_shown_and_a_person_may_accept_them(repository: Repository, path: str, is_open: bool) -> None:
    run_id = repository.start_run(workflow="tests")
    if is_open:
        repository.start_gate(run_id, "G2")
    touch(repository.root / path)
    assert choose(repository, run_id) == f"cat {path}"
    accept = (
        "orch gate finish --run RUN --gate G2" if is_open else "orch gate start --run RUN --gate G2 --agent agent-G2"
    )
    assert choose(repository, run_id, may_accept=True) == f"{accept} --accept-contract"


def test_a_contract_that_git_does_not_have_is_written_anew(repository: Repository) -> None:
    run_id = repository.start_run(workflow="tests")
    (repository.root / CONTRACT).unlink()
    assert choose(repository, run_id) == "orch contract new G2 --name NAME"
    assert choose(repository, run_id) == f"cat {CONTRACT}", "it is not the one that the run started with"


@pytest.mark.slow
def test_the_gate_that_is_required_comes_first(repository: Repository) -> None:
    change_workflow(repository, requires=["G1"])
    run_id = repository.start_run(workflow="tests")
    assert choose(repository, run_id) == "orch gate start --run RUN --gate G1 --agent agent-G1"
    assert choose(repository, run_id) == "orch gate finish --run RUN --gate G1"


def test_a_required_gate_whose_contract_changed_is_looked_at(repository: Repository) -> None:
    change_workflow(repository, requires=["G1"])
    run_id = repository.start_run(workflow="tests")
    touch(repository.root / CONTRACT.replace("G2", "G1"))
    assert choose(repository, run_id) == f"cat {CONTRACT.replace('G2', 'G1')}"


def test_a_required_gate_that_the_run_does_not_have_leads_to_the_workflow(repository: Repository) -> None:
    run_id = repository.start_run(workflow="tests")
    path = repository.root / WORKFLOW
    workflow = json.loads(path.read_text("utf-8"))
    workflow["gates"].insert(0, workflow["gates"][0] | {"gate": "G3"})
    workflow["gates"][2]["requires"] = ["G3"]
    path.write_text(json.dumps(workflow), "utf-8")
    assert choose(repository, run_id) == f"cat {WORKFLOW}"


@pytest.mark.slow
def test_an_open_attempt_of_an_agent_that_is_not_independent_is_abandoned_for_another(repository: Repository) -> None:
    change_workflow(repository, independent_of=["G1"])
    run_id = repository.start_run(workflow="tests")
    repository.start_gate(run_id, "G2", "maker")
    forced = ("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker", "--force", "nobody else is here")
    assert repository.orch(*forced).code == 0
    assert choose(repository, run_id) == "orch gate start --run RUN --gate G2 --agent agent-G2 --abandon"
    assert choose(repository, run_id) == "orch gate finish --run RUN --gate G2"


@pytest.mark.slow
def test_a_run_that_was_changed_since_the_attempt_started_needs_another_attempt(repository: Repository) -> None:
    run_id = repository.start_run(workflow="tests")
    repository.start_gate(run_id, "G2")
    path = repository.root / repository.workspace.record_path(run_id)
    record = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(record | {"depth": "deep"}), "utf-8")
    assert choose(repository, run_id) == "orch gate start --run RUN --gate G2 --agent maker --abandon"
    assert choose(repository, run_id) == "orch gate finish --run RUN --gate G2"
