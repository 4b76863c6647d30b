"""Gates are judged: a check records nothing, a finish records all verdicts or none."""

from typing import Any

import pytest

from gate_tests.errors import DecisionNeeded, Interrupted, InvalidFile, NoVerdict, OrchError, Refused
from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.isolated_pytest.display import Display
from gate_tests.workspace.names import Depth
from runner.models.status import GateStatus
from runner.operations.attempts import fail_gate, start_gate
from runner.operations.judged_gate import JudgedGate
from runner.operations.judging import check_gates, finish_gates
from runner.operations.runs import RunRequest, start_run
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.repository import Repository

NOW, LATER = "2026-11-22T09:30:00.000Z", "2026-11-22T10:00:00.000Z"


@pytest.fixture
def store(repository: Repository) -> Store:
    """A store; G1 requires a.md, G2 requires b.md."""
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "a.md"}]})
    repository.write_contract("G2", required_outputs={"all_of": [{"path": "b.md"}]})
    repository.write_workflow("G1", "G2")
    repository.write("a.md", "a")
    return Store(repository.workspace)


@pytest.fixture
def run_id(store: Store) -> str:
    """A run with an open attempt at each gate."""
    request = RunRequest(load_workflow(store.workspace, "tests"), "tea", None, Depth.STANDARD)
    run_id = start_run(store, request, NOW).run_id
    for gate in ("G1", "G2"):
        start_gate(store, run_id, gate, "maker", NOW)
    return run_id


def check(store: Store, run_id: str, *gates: str) -> list[JudgedGate]:
    with IsolatedPytest(Display(lambda _: None)) as process:
        return check_gates(store, run_id, gates, process)


def finish(store: Store, run_id: str, *gates: str, **options: Any) -> list[JudgedGate]:
    with IsolatedPytest(Display(lambda _: None)) as process:
        return finish_gates(store, run_id, gates, lambda: LATER, process, **options)


def statuses(store: Store, run_id: str) -> list[GateStatus]:
    return [gate.status for gate in store.read(run_id).gates]


def test_a_check_has_the_verdict_of_each_gate_and_records_nothing(
    repository: Repository, store: Store, run_id: str
) -> None:
    before = repository.snapshot()
    one, two = check(store, run_id, "G1", "G2")
    assert [one.status, two.status] == [GateStatus.PASS, GateStatus.FAIL]
    assert (one.failure_reason, bool(two.failure_reason)) == (None, True)
    assert [artifact.resolved_path for artifact in one.artifacts] == ["a.md"]
    assert repository.snapshot() == before


def test_a_finish_records_each_verdict_in_one_change(store: Store, run_id: str) -> None:
    one, two = finish(store, run_id, "G1", "G2")
    assert statuses(store, run_id) == [GateStatus.PASS, GateStatus.FAIL]
    assert one.run is two.run
    assert one.run.events == store.read(run_id).events
    assert {gate.attempts[-1].finished_at for gate in one.run.gates} == {LATER}


def test_where_one_contract_is_invalid_no_verdict_is_recorded(
    repository: Repository, store: Store, run_id: str
) -> None:
    repository.write(repository.workspace.contract_path("G2"), "{")
    with pytest.raises(InvalidFile):
        finish(store, run_id, "G1", "G2")
    assert statuses(store, run_id) == [GateStatus.RUNNING, GateStatus.RUNNING]


def test_an_attempt_that_is_not_open_is_refused(store: Store, run_id: str) -> None:
    fail_gate(store, run_id, "G1", "no", NOW)
    with pytest.raises(Refused) as caught:
        finish(store, run_id, "G1")
    assert caught.value.next_command == f"orch gate start --run {run_id} --gate G1 --agent maker"


@pytest.mark.slow
def test_a_contract_that_was_changed_since_the_start_must_be_accepted(
    repository: Repository, store: Store, run_id: str
) -> None:
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "a.md"}]}, description="changed")
    (judged,) = check(store, run_id, "G1")
    assert [change.path for change in judged.rule_changes] == ["orchestration/gates/contracts/G1.contract.json"]
    with pytest.raises(DecisionNeeded) as caught:
        finish(store, run_id, "G1")
    assert caught.value.accept_command == f"orch gate finish --run {run_id} --gate G1 --accept-contract"
    (judged,) = finish(store, run_id, "G1", accept_contract=True)
    attempt = judged.gate.attempts[-1]
    assert judged.passed
    assert attempt.baseline
    assert attempt.contract_sha256 not in (None, attempt.baseline.contract_sha256)


@pytest.mark.parametrize(
    ("error", "kind"),
    [(NoVerdict("it died"), NoVerdict), (KeyboardInterrupt(), Interrupted)],
    ids=["no verdict", "Ctrl-C"],
)
def test_what_keeps_it_from_a_verdict_names_the_command_to_repeat(
    store: Store, run_id: str, error: BaseException, kind: type[OrchError], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise error

    monkeypatch.setattr("runner.operations.judging._JudgingSession._collect_verdicts", broken)
    with pytest.raises(kind) as caught:
        finish(store, run_id, "G1", "G2")
    assert caught.value.next_command == f"orch gate finish --run {run_id} --gate G1 --gate G2"
    with pytest.raises(kind) as caught:
        check(store, run_id, "G2")
    assert caught.value.next_command == f"orch gate check --run {run_id} --gate G2"
    assert statuses(store, run_id) == [GateStatus.RUNNING, GateStatus.RUNNING]


def test_an_attempt_that_was_closed_while_it_was_judged_is_not_closed_again(store: Store, run_id: str) -> None:
    def clock() -> str:  # is asked for the time once the verdicts are there
        start_gate(store, run_id, "G1", "other", NOW, abandon=True)
        return LATER

    with IsolatedPytest(Display(lambda _: None)) as process, pytest.raises(Refused) as caught:
        finish_gates(store, run_id, ["G1", "G2"], clock, process)
    assert caught.value.next_command == f"orch run show --run {run_id}"
    assert statuses(store, run_id) == [GateStatus.RUNNING, GateStatus.RUNNING]
    assert store.read(run_id).gate("G1").attempts[-1].agent == "other"


@pytest.mark.slow
def test_pre_scripts_run_for_a_finish_only_and_fail_the_gate_before_its_checks(
    repository: Repository, store: Store, run_id: str
) -> None:
    repository.write("make.py", "open('ran', 'w'); raise SystemExit(3)")
    script = {"path": "make.py"}
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "a.md"}]}, pre_scripts=[script])
    (judged,) = check(store, run_id, "G1")
    assert (judged.passed, (repository.root / "ran").exists()) == (True, False)
    (judged,) = finish(store, run_id, "G1", accept_contract=True)
    assert (judged.passed, (repository.root / "ran").exists()) == (False, True)
    assert str(judged.failure_reason).startswith("make.py: ")
    assert "3" in str(judged.failure_reason)
    assert [run.log and str(run.log.path).rpartition("/")[2] for run in judged.scripts] == ["pre-script-1-make.py.txt"]
