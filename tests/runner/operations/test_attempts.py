"""Attempts are started and failed without judging: what is recorded of them, and what is refused."""

import os
from hashlib import sha256

import pytest

from gate_tests.errors import InvalidFile, Refused
from gate_tests.workspace.names import Depth
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.operations.attempts import compile_run_gate, fail_gate, start_gate
from runner.operations.runs import RunRequest, start_run
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.messages import message
from tests.support.repository import Repository

NOW, LATER = "2026-11-22T09:30:00.000Z", "2026-11-22T10:00:00.000Z"


@pytest.fixture
def started(repository: Repository) -> Run:
    """A run of G1, which has two outputs, and of G2, which requires G1."""
    outputs = [{"path": "{artifact_path}/a.md"}, {"path": "{artifact_path}/b.md"}]
    repository.write_contract("G1", required_outputs={"all_of": outputs})
    repository.write_contract("G2", required_outputs={"all_of": outputs})
    repository.write_workflow("G1", "G2")
    path = repository.root / "orchestration/workflows/tests.json"
    path.write_text(path.read_text().replace('"gate": "G2",', '"gate": "G2", "requires": ["G1"],'))
    workflow = load_workflow(repository.workspace, "tests")
    return start_run(Store(repository.workspace), RunRequest(workflow, "tea", None, Depth.STANDARD), NOW)


@pytest.fixture
def store(repository: Repository) -> Store:
    return Store(repository.workspace)


def test_a_start_records_the_contract_and_the_outputs_that_exist(
    repository: Repository, store: Store, started: Run
) -> None:
    repository.write("out/tea/a.md", "a")
    attempt = start_gate(store, started.run_id, "G1", "maker", NOW, prompt_sha256="0" * 64).gate("G1").open_attempt
    assert attempt
    assert attempt.baseline
    contract = (repository.root / repository.workspace.contract_path("G1")).read_bytes()
    assert attempt.contract_sha256 == attempt.baseline.contract_sha256 == sha256(contract).hexdigest()
    assert attempt.baseline.outputs == (("out/tea/a.md", sha256(b"a").hexdigest()),)
    assert attempt.required_outputs == ("{artifact_path}/a.md", "{artifact_path}/b.md")
    assert (attempt.number, attempt.agent, attempt.prompt_sha256) == (1, "maker", "0" * 64)


@pytest.mark.slow
def test_what_cannot_be_hashed_in_time_is_left_out_of_the_baseline_and_told_in_a_line(repository: Repository) -> None:
    paths = ("huge", "small", "fifo", "folder/file", "folder", "missing")
    outputs = [{"path": path} for path in paths]
    repository.write_contract("GT", required_outputs={"all_of": outputs}, limits={"check_s": 0.2})
    repository.write_workflow("GT")
    run_id = repository.start_run(workflow="tests")
    os.truncate(repository.write("huge", b""), 1 << 43)
    repository.write("small", "small")
    repository.write("folder/file", "file")
    os.mkfifo(repository.root / "fifo")
    told: list[str] = []
    run = start_gate(Store(repository.workspace, say=told.append), run_id, "GT", "maker", NOW)
    attempt = run.gate("GT").open_attempt
    assert attempt
    assert attempt.baseline
    assert [path for path, _ in attempt.baseline.outputs] == ["small", "folder/file"]
    assert attempt.baseline.unread == ("huge",)
    timeout = message("hash-timeout", seconds=0.2)
    assert told == [message("left-out-of-baseline", outputs=f"huge ({timeout})")]


def test_nothing_is_told_where_all_is_hashed(repository: Repository, started: Run) -> None:
    repository.write("out/tea/a.md", "a")
    told: list[str] = []
    start_gate(Store(repository.workspace, say=told.append), started.run_id, "G1", "maker", NOW)
    assert told == []


def test_a_second_start_is_refused_unless_the_first_attempt_is_abandoned(store: Store, started: Run) -> None:
    start_gate(store, started.run_id, "G1", "maker", NOW)
    with pytest.raises(Refused):
        start_gate(store, started.run_id, "G1", "maker", LATER)
    first, second = start_gate(store, started.run_id, "G1", "other", LATER, abandon=True).gate("G1").attempts
    assert (first.status, second.status, second.agent) == (GateStatus.FAIL, GateStatus.RUNNING, "other")


def test_prerequisites_are_required_unless_overridden_with_a_reason(store: Store, started: Run) -> None:
    with pytest.raises(Refused) as caught:
        start_gate(store, started.run_id, "G2", "maker", NOW)
    assert caught.value.next_command == f"orch gate start --run {started.run_id} --gate G1 --agent agent-G1"
    run = start_gate(store, started.run_id, "G2", "maker", NOW, force="the intake is oral")
    assert [event.type for event in run.events][-2:] == ["FORCED", "GATE_STARTED"]


def test_a_reason_that_was_not_needed_is_not_recorded(store: Store, started: Run) -> None:
    run = start_gate(store, started.run_id, "G1", "maker", NOW, force="just in case")
    assert "FORCED" not in [event.type for event in run.events]


def test_nothing_is_recorded_where_the_contract_is_invalid_or_the_gate_unknown(
    repository: Repository, store: Store, started: Run
) -> None:
    repository.write(repository.workspace.contract_path("G1"), "{")
    before = repository.snapshot()
    with pytest.raises(InvalidFile):
        start_gate(store, started.run_id, "G1", "maker", NOW)
    with pytest.raises(Refused, match="G9"):
        start_gate(store, started.run_id, "G9", "maker", NOW)
    with pytest.raises(Refused, match="G9"):
        fail_gate(store, started.run_id, "G9", "no", NOW)
    assert repository.snapshot() == before


def test_to_fail_a_gate_closes_its_open_attempt_or_adds_one(store: Store, started: Run) -> None:
    start_gate(store, started.run_id, "G1", "maker", NOW)
    for number in (1, 2):
        attempts = fail_gate(store, started.run_id, "G1", "made up", LATER).gate("G1").attempts
        assert len(attempts) == number
        assert (attempts[-1].status, attempts[-1].failure_reason) == (GateStatus.FAIL, "made up")
        assert attempts[-1].finished_at == LATER


def test_a_gate_is_compiled_with_the_values_of_its_run(store: Store, started: Run) -> None:
    compiled = compile_run_gate(store, started, "G1")
    assert [output.path for output in compiled.outputs] == ["out/tea/a.md", "out/tea/b.md"]
