"""The stop hook: what it answers to the verdict on an attempt, and after a failed one."""

import re

import pytest

from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.isolated_pytest.display import Display
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.names import Depth
from runner.agents.hooks.attempt_choice import ChosenAttempt, choose_attempt
from runner.agents.hooks.stop_event import StopEvent
from runner.agents.hooks.stop_hook import StopHook
from runner.models.attempt import Attempt
from runner.models.status import GateStatus
from runner.operations.attempts import fail_gate, start_gate
from runner.operations.judged_gate import JudgedGate
from runner.operations.judging import check_gates
from runner.operations.runs import RunRequest, start_run
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.repository import Repository

LIMIT = 8000
FIRST, SECOND, THIRD = "2026-11-22T09:30:00.000Z", "2026-11-22T09:31:00.000Z", "2026-11-22T09:32:00.000Z"
MANY = 200


def at_c(command: str) -> str:
    return command.replace("orch ", "orch -C root ", 1)


@pytest.fixture
def store(repository: Repository) -> Store:
    """A store for runs of two gates: G1 requires a file, G2 requires many."""
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "{artifact_path}/a.md"}]})
    outputs = [{"path": f"{{artifact_path}}/{'long-name-' * 8}{number}.md"} for number in range(MANY)]
    repository.write_contract("G2", required_outputs={"all_of": outputs})
    repository.write_workflow("G1", "G2")
    return Store(repository.workspace)


def new_run(store: Store, now: str = FIRST, slug: str = "tea") -> str:
    request = RunRequest(load_workflow(store.workspace, "tests"), slug, None, Depth.STANDARD)
    return start_run(store, request, now).run_id


def opened(store: Store, gate: str = "G1") -> ChosenAttempt:
    run_id = new_run(store)
    start_gate(store, run_id, gate, "maker", FIRST)
    found = choose_attempt(store, "", run_id, None)
    assert found
    return found


def judge(store: Store, found: ChosenAttempt) -> JudgedGate:
    with IsolatedPytest(Display(lambda _: None)) as process:
        (judged,) = check_gates(store, found.run.run_id, [found.gate.gate], process)
    return judged


def hook(store: Store, session: str = "one", max_blocks: int = 3) -> StopHook:
    return StopHook(store, StopEvent(session), 0, max_blocks, LIMIT, at_c)


# The answer


def test_a_gate_that_passes_lets_the_agent_stop_and_names_the_command_that_finishes_it(store: Store) -> None:
    found = opened(store)
    Repository(store.workspace.root).write("out/tea/a.md", "a")
    decision = hook(store, "one", 3).answer_verdict(found, judge(store, found))
    assert decision.reason is None
    assert str(decision.message).endswith(f"Next: orch -C root gate finish {found.options}")


def test_after_a_change_of_the_contract_that_command_shows_it_and_never_accepts_it(store: Store) -> None:
    found = opened(store)
    repository = Repository(store.workspace.root)
    repository.write("out/tea/b.md", "b")
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "{artifact_path}/b.md"}]})
    decision = hook(store, "one", 3).answer_verdict(found, judge(store, found))
    assert str(decision.message).endswith("cat orchestration/gates/contracts/G1.contract.json")
    assert "--accept-contract" not in str(decision.message)


def test_a_gate_that_fails_blocks_so_often_for_each_session_and_attempt(store: Store) -> None:
    found = opened(store)
    judged = judge(store, found)

    def blocks(session: str) -> bool:
        return hook(store, session, 2).answer_verdict(found, judged).reason is not None

    assert [blocks("one") for _ in range(3)] == [True, True, False]
    assert [blocks("other \ud800") for _ in range(3)] == [True, True, False]
    fail_gate(store, found.run.run_id, "G1", "no", SECOND)
    start_gate(store, found.run.run_id, "G1", "maker", THIRD)
    again = choose_attempt(store, "", found.run.run_id, None)
    assert again
    found = again
    assert blocks("one")


def test_with_no_block_allowed_it_never_blocks(store: Store) -> None:
    found = opened(store)
    decision = hook(store, "one", 0).answer_verdict(found, judge(store, found))
    assert decision.reason is None
    assert str(decision.message).endswith(f"Next: orch -C root gate check {found.options}")


def test_the_reason_names_the_failed_checks_as_far_as_they_fit_and_counts_the_others(store: Store) -> None:
    found = opened(store, "G2")
    reason = hook(store, "one", 1).answer_verdict(found, judge(store, found)).reason
    assert reason
    assert len(reason) <= LIMIT
    listed = len(re.findall(r"^\d+\. ", reason, re.MULTILINE))
    assert 5 < listed < MANY
    assert f"\nAnd {MANY - listed} more" in reason
    assert reason.endswith(f"    orch -C root gate check {found.options}\n")


HIDDEN = "\U000e0041\U000e0042"


def test_after_a_recorded_fail_the_output_of_all_programs_leaves_room_for_each_failed_check(store: Store) -> None:
    found, many = opened(store), 4
    rows = [
        {"id": f"command[make]-{number}", "type": "command", "path": "make", "pass": False, "reason": "exit code 1"}
        for number in range(many)
    ]
    for number in range(1, many + 1):
        path = f"orchestration/runs/{found.run.run_id}/logs/gates/G1/attempt-1/command-{number}-make.txt"
        Repository(store.workspace.root).write(path, f"{HIDDEN}{'line ' * 50}\n" * 30)
    record = Attempt(1, GateStatus.FAIL, FIRST, "maker", failure_reason="4 failed").to_json() | {"validations": rows}
    failed = found._replace(attempt=Attempt.from_json(Fields.of(Document("attempt-1.json", record, b"{}"))))
    reason = hook(store).answer_failed_attempt(failed).reason
    assert reason
    assert len(re.findall(r"^\d+\. ", reason, re.MULTILINE)) == many
    assert "| line line" in reason
    assert HIDDEN not in reason, "an agent reads it, a person does not see it"
