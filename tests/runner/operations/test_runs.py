"""Runs are planned, started and completed."""

from typing import Any

import pytest

from gate_tests.errors import OrchError, Refused
from gate_tests.workspace.names import Depth
from runner.models.run import Prompt
from runner.models.status import GateStatus, RunStatus
from runner.operations.attempts import fail_gate
from runner.operations.runs import RunRequest, complete_run, plan_run, start_run
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.repository import Repository

NOW = "2026-11-22T09:30:00.000Z"


@pytest.fixture
def request_(repository: Repository) -> RunRequest:
    for gate in ("G1", "G2"):
        repository.write_contract(gate, required_outputs={"all_of": [{"path": "a.md"}]}, blocking=gate == "G1")
    repository.write_workflow("G1", "G2", variables={"colour": "{slug}-green"})
    return RunRequest(load_workflow(repository.workspace, "tests"), "tea", None, Depth.DEEP)


def test_a_plan_creates_nothing(repository: Repository, request_: RunRequest) -> None:
    run = plan_run(repository.workspace, request_, NOW)
    assert run.run_id.startswith("run_20261122T093000Z_tea_")
    assert repository.workspace.runs() == []


def test_a_run_starts_with_every_gate_not_started_and_the_values_of_its_workflow(
    repository: Repository, request_: RunRequest
) -> None:
    store = Store(repository.workspace)
    run = start_run(store, request_._replace(prompt=Prompt("topic.txt", "0" * 64)), NOW)
    assert store.read(run.run_id) == run
    assert [(gate.gate, gate.status) for gate in run.gates] == [
        ("G1", GateStatus.NOT_STARTED), ("G2", GateStatus.NOT_STARTED),
    ]  # fmt: skip
    assert (run.workflow.artifact_path, run.depth, run.prompt) == ("out/tea", Depth.DEEP, Prompt("topic.txt", "0" * 64))
    assert run.workflow.variables == {"colour": "tea-green"}


def test_an_artifact_path_that_is_given_goes_before_the_default(repository: Repository, request_: RunRequest) -> None:
    run = plan_run(repository.workspace, request_._replace(artifact_path="work/./tea"), NOW)
    assert run.workflow.artifact_path == "work/tea"


@pytest.mark.parametrize(
    "changes",
    [{"slug": "No Slug"}, {"artifact_path": "../out"}, {"artifact_path": "/tmp"}],
    ids=["slug", "outside", "absolute"],
)
def test_what_cannot_be_a_run_is_refused(repository: Repository, request_: RunRequest, changes: dict[str, Any]) -> None:
    with pytest.raises(OrchError):
        start_run(Store(repository.workspace), request_._replace(**changes), NOW)
    assert repository.workspace.runs() == []


def test_only_blocking_gates_must_have_passed(repository: Repository, request_: RunRequest) -> None:
    store = Store(repository.workspace)
    run_id = start_run(store, request_, NOW).run_id
    with pytest.raises(Refused):
        complete_run(store, run_id, RunStatus.PASSED, NOW)
    fail_gate(store, run_id, "G1", "no", NOW)
    assert complete_run(store, run_id, None, NOW).status is RunStatus.FAILED


def test_a_run_may_be_canceled_at_any_time_but_completed_only_once(
    repository: Repository, request_: RunRequest
) -> None:
    store = Store(repository.workspace)
    run_id = start_run(store, request_, NOW).run_id
    assert complete_run(store, run_id, RunStatus.CANCELED, NOW).status is RunStatus.CANCELED
    with pytest.raises(Refused):
        complete_run(store, run_id, RunStatus.CANCELED, NOW)
