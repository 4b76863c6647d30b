"""The state machine of a run, a sentence for each rule."""

from typing import Any

import pytest

from gate_tests.errors import Refused
from gate_tests.workspace.names import Depth
from runner.models import transitions
from runner.models.artifact import Artifact
from runner.models.attempt import CANCELED, Attempt
from runner.models.baseline import Baseline
from runner.models.derived_status import replay_status
from runner.models.event import run_started
from runner.models.gate import Gate
from runner.models.invocation import Invocation, InvocationStatus
from runner.models.run import Run, WorkflowRef
from runner.models.status import GateStatus, RunStatus
from runner.models.transitions import Closing, Start
from runner.operations.invocations import record_invocation
from runner.storage.store import Store
from tests.support.messages import pattern

RUN_ID = "run_20261122T093000Z_tea_abc123"
FIRST, SECOND, THIRD = "G1", "G2", "G3"
BLOCKING = (FIRST, SECOND, THIRD)


def at(minute: int) -> str:
    return f"2026-11-22T09:{minute:02}:00.000Z"


def a_run() -> Run:
    return Run(
        run_id=RUN_ID,
        workflow=WorkflowRef("tests", "1", "tea", "out/tea"),
        depth=Depth.STANDARD,
        status=RunStatus.QUEUED,
        started_at=at(0),
        gates=tuple(Gate(gate, f"Gate {gate}") for gate in BLOCKING),
    )


def start(run: Run, gate: str = FIRST, minute: int = 1, *, agent: str = "maker", abandon: bool = False) -> Run:
    opening = Attempt(0, GateStatus.RUNNING, at(minute), agent, baseline=Baseline("0" * 64, (), run.attempt_context))
    return transitions.start_attempt(run, gate, opening, Start(blocking=True, abandon=abandon))


def close(run: Run, gate: str, reason: str | None, minute: int = 2, *, blocking: bool = True) -> Run:
    attempt = transitions.require_open_attempt(run, gate)
    return transitions.close_attempt(run, gate, attempt, Closing(at(minute), reason, blocking))


def passed(run: Run, *gates: str) -> Run:
    for gate in gates:
        run = close(start(run, gate), gate, None)
    return run


def failed(run: Run, gate: str, *, blocking: bool = True) -> Run:
    return close(start(run, gate), gate, "too short", blocking=blocking)


def complete(run: Run, status: RunStatus | None = None, blocking: tuple[str, ...] = BLOCKING) -> Run:
    return transitions.complete_run(run, status, blocking, at(9))


def invoke(run: Run, gate: str = FIRST) -> Run:
    invocation = Invocation("inv_1_aaaa", gate, "maker", "opus", at(3), at(3), None, InvocationStatus.SUCCESS)
    return transitions.record_invocation(run, invocation, at(3))


def last_event(run: Run) -> dict[str, Any]:
    return run.events[-1].to_json()


# Starting


def test_starting_a_gate_opens_attempt_1_and_sets_the_run_running() -> None:
    run = start(a_run())
    gate = run.gate(FIRST)
    assert run.status is RunStatus.RUNNING
    assert gate.status is GateStatus.RUNNING
    assert [(attempt.number, attempt.is_open) for attempt in gate.attempts] == [(1, True)]


def test_starting_leaves_the_other_gates_alone() -> None:
    assert {gate.status for gate in start(a_run()).gates[1:]} == {GateStatus.NOT_STARTED}


def test_the_run_that_was_given_is_not_changed() -> None:
    run = a_run()
    start(run)
    assert run == a_run()


def test_a_start_is_an_event_with_gate_attempt_agent_and_message() -> None:
    event = last_event(start(a_run()))
    assert event.pop("message")
    assert event == {"timestamp": at(1), "type": "GATE_STARTED", "gate": FIRST, "attempt": 1, "agent": "maker"}


@pytest.mark.parametrize("gate", BLOCKING)
def test_any_gate_may_be_started_first(gate: str) -> None:
    assert start(a_run(), gate).gate(gate).open_attempt


def test_two_gates_may_be_open_at_once() -> None:
    run = start(start(a_run(), FIRST), SECOND)
    assert [gate.open_attempt is not None for gate in run.gates] == [True, True, False]


def test_a_gate_may_be_started_again_after_a_failure() -> None:
    run = start(failed(a_run(), FIRST))
    assert [attempt.number for attempt in run.gate(FIRST).attempts] == [1, 2]
    assert run.gate(FIRST).status is GateStatus.RUNNING


def test_a_gate_may_be_started_again_after_a_pass_and_its_status_follows_the_last_attempt() -> None:
    run = failed(passed(a_run(), FIRST), FIRST)
    assert [attempt.status for attempt in run.gate(FIRST).attempts] == [GateStatus.PASS, GateStatus.FAIL]
    assert run.gate(FIRST).status is GateStatus.FAIL


def test_a_failed_run_goes_back_to_running_when_a_gate_is_started() -> None:
    run = failed(a_run(), FIRST)
    assert run.status is RunStatus.FAILED
    assert start(run).status is RunStatus.RUNNING


def test_a_start_while_an_attempt_is_running_is_refused_and_says_how_to_go_on() -> None:
    with pytest.raises(Refused, match=pattern("attempt-running", attempt=1, gate=FIRST, agent="maker")) as caught:
        start(start(a_run()))
    assert caught.value.next_command == f"orch gate finish --run {RUN_ID} --gate G1"


def test_abandon_closes_the_running_attempt_as_fail_and_starts_the_next() -> None:
    run = start(start(a_run()), minute=5, agent="another", abandon=True)
    old, new = run.gate(FIRST).attempts
    assert (old.status, old.failure_reason, old.finished_at) == (GateStatus.FAIL, "abandoned", at(5))
    assert (new.number, new.status, new.agent) == (2, GateStatus.RUNNING, "another")
    assert run.status is RunStatus.RUNNING


def test_an_abandoned_attempt_makes_two_events_in_order() -> None:
    run = start(start(a_run()), minute=5, abandon=True)
    events = [(event.type, event.data["attempt"]) for event in run.events]
    assert events == [("GATE_STARTED", 1), ("GATE_FAILED", 1), ("GATE_STARTED", 2)]


def test_abandon_with_nothing_open_just_starts() -> None:
    assert start(a_run(), abandon=True) == start(a_run())


def test_starting_an_unknown_gate_is_refused() -> None:
    with pytest.raises(Refused, match=pattern("unknown-gate", gate="G7", run=RUN_ID)):
        start(a_run(), "G7")


# Finishing


def test_a_pass_closes_the_attempt_and_leaves_the_run_running() -> None:
    run = passed(a_run(), FIRST)
    attempt = run.gate(FIRST).attempts[-1]
    assert (attempt.status, attempt.finished_at, attempt.failure_reason) == (GateStatus.PASS, at(2), None)
    assert run.gate(FIRST).status is GateStatus.PASS
    assert run.status is RunStatus.RUNNING


def test_a_failed_blocking_gate_fails_the_run_and_keeps_its_reason() -> None:
    run = failed(a_run(), FIRST)
    assert run.status is RunStatus.FAILED
    assert run.gate(FIRST).attempts[-1].failure_reason == "too short"
    assert run.finished_at is None


def test_a_failed_gate_that_does_not_block_leaves_the_run_running() -> None:
    run = failed(a_run(), FIRST, blocking=False)
    assert run.gate(FIRST).status is GateStatus.FAIL
    assert run.status is RunStatus.RUNNING


def test_a_passed_gate_is_an_event() -> None:
    event = last_event(passed(a_run(), FIRST))
    assert event.pop("message")
    assert event == {"timestamp": at(2), "type": "GATE_PASSED", "gate": FIRST, "attempt": 1}


def test_a_failed_gate_is_an_event_that_names_the_reason() -> None:
    event = last_event(failed(a_run(), FIRST))
    assert "too short" in event.pop("message")
    assert event == {"timestamp": at(2), "type": "GATE_FAILED", "gate": FIRST, "attempt": 1}


def test_a_finish_without_a_start_is_refused_and_names_the_start() -> None:
    with pytest.raises(Refused, match=pattern("gate-not-started", gate=FIRST)) as caught:
        transitions.require_open_attempt(a_run(), FIRST)
    assert str(caught.value.next_command).startswith(f"orch gate start --run {RUN_ID} --gate G1 --agent")


@pytest.mark.parametrize("reason", [None, "too short"], ids=["passed", "failed"])
def test_a_second_finish_is_refused_and_names_the_start_of_the_next_attempt(reason: str | None) -> None:
    run = close(start(a_run()), FIRST, reason)
    with pytest.raises(Refused, match=pattern("attempt-finished", attempt=1, gate=FIRST)) as caught:
        transitions.require_open_attempt(run, FIRST)
    assert str(caught.value.next_command).startswith(f"orch gate start --run {RUN_ID} --gate G1 --agent")


def test_the_index_has_one_row_for_each_path_with_the_newest_hash() -> None:
    def close_with(run: Run, sha256: str, minute: int) -> Run:
        work = transitions.require_open_attempt(run, FIRST)._replace(
            artifacts=(Artifact("{artifact_path}/a.md", "out/a.md", sha256, 1),),
        )
        return transitions.close_attempt(run, FIRST, work, Closing(at(minute), None, True))

    once = close_with(start(a_run()), "a" * 64, 2)
    twice = close_with(start(once), "b" * 64, 4)
    assert [entry.to_json() for entry in once.artifacts_index] == [
        {
            "path": "{artifact_path}/a.md",
            "resolved_path": "out/a.md",
            "sha256": "a" * 64,
            "gate": FIRST,
            "recorded_at": at(2),
        }
    ]
    (entry,) = twice.artifacts_index
    assert (entry.sha256, entry.recorded_at, entry.updated_at) == ("b" * 64, at(2), at(4))


# Failing by a person's decision


def test_failing_a_gate_closes_its_open_attempt() -> None:
    run = transitions.fail_gate(start(a_run()), FIRST, Closing(at(4), "made up", True))
    (attempt,) = run.gate(FIRST).attempts
    assert (attempt.status, attempt.agent, attempt.failure_reason) == (GateStatus.FAIL, "maker", "made up")
    assert run.status is RunStatus.FAILED


@pytest.mark.parametrize("before", [a_run(), passed(a_run(), FIRST)], ids=["never started", "passed"])
def test_failing_a_gate_with_nothing_open_adds_a_manual_attempt(before: Run) -> None:
    run = transitions.fail_gate(before, FIRST, Closing(at(4), "made up", True))
    attempt = run.gate(FIRST).attempts[-1]
    assert attempt.number == len(before.gate(FIRST).attempts) + 1
    assert (attempt.agent, attempt.status, attempt.failure_reason) == ("manual", GateStatus.FAIL, "made up")
    assert run.gate(FIRST).attempts[:-1] == before.gate(FIRST).attempts


# Invocations


def test_an_invocation_joins_the_open_attempt_of_its_gate() -> None:
    run = invoke(start(a_run()))
    assert [invocation.invocation_id for invocation in run.invocations] == ["inv_1_aaaa"]
    assert run.gate(FIRST).attempts[-1].invocation_ids == ("inv_1_aaaa",)


@pytest.mark.parametrize("before", [a_run(), passed(a_run(), FIRST)], ids=["never started", "passed"])
def test_an_invocation_with_nothing_open_is_recorded_with_its_gate_alone(before: Run) -> None:
    run = invoke(before)
    assert [invocation.gate for invocation in run.invocations] == [FIRST]
    assert run.gates == before.gates


def test_an_invocation_is_an_event() -> None:
    assert last_event(invoke(a_run())) == {
        "timestamp": at(3),
        "type": "INVOCATION_RECORDED",
        "invocation_id": "inv_1_aaaa",
        "gate": FIRST,
        "agent": "maker",
    }


# Completing


@pytest.mark.parametrize(
    ("run", "status"),
    [
        (a_run(), RunStatus.CANCELED),
        (passed(a_run(), FIRST, SECOND), RunStatus.CANCELED),
        (passed(a_run(), FIRST, SECOND, THIRD), RunStatus.PASSED),
        (failed(passed(a_run(), FIRST, SECOND), THIRD), RunStatus.FAILED),
        (failed(passed(a_run(), FIRST, SECOND), THIRD, blocking=False), RunStatus.FAILED),
        (passed(failed(a_run(), FIRST), FIRST, SECOND, THIRD), RunStatus.PASSED),
    ],
    ids=[
        "nothing done",
        "one missing",
        "all passed",
        "one failed",
        "one failed without blocking",
        "failed, then passed",
    ],
)
def test_without_a_status_that_of_a_completed_run_follows_from_its_gates(run: Run, status: RunStatus) -> None:
    completed = complete(run)
    assert (completed.status, completed.finished_at) == (status, at(9))
    assert completed.gates == run.gates


def test_a_completion_is_an_event() -> None:
    event = last_event(complete(a_run()))
    assert event.pop("message")
    assert event == {"timestamp": at(9), "type": "RUN_COMPLETED", "status": "CANCELED"}


@pytest.mark.parametrize("status", [RunStatus.FAILED, RunStatus.CANCELED])
def test_a_person_may_fail_or_cancel_a_run_that_passed_all_its_gates(status: RunStatus) -> None:
    assert complete(passed(a_run(), *BLOCKING), status).status is status


def test_passed_is_refused_while_a_blocking_gate_has_not_passed_and_names_it() -> None:
    run = failed(passed(a_run(), FIRST), SECOND)
    with pytest.raises(Refused, match=pattern("not-passed", gates="G2 (FAIL), G3 (NOT_STARTED)")):
        complete(run, RunStatus.PASSED)


def test_passed_is_allowed_where_only_gates_that_do_not_block_have_not_passed() -> None:
    run = failed(passed(a_run(), FIRST, SECOND), THIRD, blocking=False)
    assert complete(run, RunStatus.PASSED, blocking=(FIRST, SECOND)).status is RunStatus.PASSED


@pytest.mark.parametrize("status", [None, RunStatus.PASSED, RunStatus.FAILED])
def test_a_run_with_an_open_attempt_cannot_be_completed(status: RunStatus | None) -> None:
    with pytest.raises(Refused, match=pattern("attempt-open-at-end", attempt=1, gate=SECOND)):
        complete(start(passed(a_run(), FIRST), SECOND), status)


def test_canceling_a_run_closes_the_open_attempt() -> None:
    canceled = complete(start(passed(a_run(), FIRST), SECOND), RunStatus.CANCELED)
    last = canceled.gate(SECOND).last_attempt
    assert last
    assert (canceled.status, last.status, last.failure_reason) == (RunStatus.CANCELED, GateStatus.FAIL, CANCELED)


@pytest.mark.parametrize(
    "command",
    [
        lambda run: start(run),
        lambda run: start(run, abandon=True),
        lambda run: transitions.require_open_attempt(run, FIRST),
        lambda run: transitions.fail_gate(run, FIRST, Closing(at(4), "late", True)),
        lambda run: invoke(run),
        lambda run: complete(run),
    ],
    ids=["start", "start --abandon", "finish", "fail", "invocation", "complete"],
)
def test_a_completed_run_can_only_be_read(command: Any) -> None:
    run = complete(passed(a_run(), *BLOCKING))
    with pytest.raises(Refused, match=pattern("run-passed", run=RUN_ID, status="PASSED")) as caught:
        command(run)
    assert caught.value.next_command == f"orch run show --run {RUN_ID}"


def test_a_completed_run_that_did_not_pass_is_gone_on_with_by_resume() -> None:
    with pytest.raises(Refused, match=pattern("run-completed", run=RUN_ID, status="FAILED")) as caught:
        start(complete(failed(a_run(), FIRST)))
    assert caught.value.next_command == f"orch run resume --run {RUN_ID}"


@pytest.mark.parametrize(
    "ended",
    [
        lambda: failed(a_run(), FIRST),
        lambda: complete(failed(a_run(), FIRST)),
        lambda: complete(a_run(), RunStatus.CANCELED),
    ],
    ids=["failed", "completed as FAILED", "completed as CANCELED"],
)
def test_a_run_that_failed_or_was_ended_is_resumed_with_an_event(ended: Any) -> None:
    before = ended()
    run = transitions.resume_run(before, at(50))
    assert (run.status, run.finished_at) == (RunStatus.RUNNING, None)
    assert run.events[:-1] == before.events
    assert (run.events[-1].type, run.events[-1].data["message"]) == (
        "RUN_RESUMED",
        f"Run resumed; it was {before.status}",
    )
    assert replay_status(run, {(FIRST, 1)}) is RunStatus.RUNNING
    assert start(run, SECOND).gate(SECOND).open_attempt


@pytest.mark.parametrize("going_on", [a_run, lambda: start(a_run()), lambda: failed(a_run(), THIRD, blocking=False)])
def test_resuming_a_run_under_way_changes_nothing(going_on: Any) -> None:
    run = going_on()
    assert transitions.resume_run(run, at(50)) is run


def test_a_run_that_passed_is_not_resumed() -> None:
    with pytest.raises(Refused, match=pattern("nothing-to-resume", run=RUN_ID)) as caught:
        transitions.resume_run(complete(passed(a_run(), *BLOCKING)), at(50))
    assert caught.value.next_command == f"orch run show --run {RUN_ID}"


def test_the_hash_of_the_last_packet_is_recorded_in_the_open_attempt_only() -> None:
    run = transitions.record_packet_hash(start(a_run()), FIRST, 1, "a" * 64)
    assert run.gate(FIRST).attempts[-1].prompt_sha256 == "a" * 64
    with pytest.raises(Refused, match=pattern("attempt-closed-meanwhile", attempt=1, gate=FIRST)):
        transitions.record_packet_hash(start(run, abandon=True), FIRST, 1, "b" * 64)


def test_events_are_only_ever_added_at_the_end() -> None:
    before = failed(a_run(), FIRST)
    after = complete(passed(invoke(before), FIRST, SECOND, THIRD))
    assert after.events[: len(before.events)] == before.events
    assert [event.type for event in after.events[2:]] == [
        "INVOCATION_RECORDED",
        *3 * ("GATE_STARTED", "GATE_PASSED"),
        "RUN_COMPLETED",
    ]


# a clock that was set back


def times(run: Run) -> list[str]:
    return [event.timestamp for event in run.events]


def test_nothing_ends_before_it_began_though_the_clock_was_set_back() -> None:
    run = close(start(a_run(), minute=50), FIRST, None, minute=10)
    attempt = run.gate(FIRST).attempts[-1]
    assert (attempt.started_at, attempt.finished_at) == (at(50), at(50))


def test_no_attempt_begins_before_the_one_before_it_ended() -> None:
    run = start(close(start(a_run(), minute=40), FIRST, None, minute=50), minute=10)
    assert run.gate(FIRST).attempts[-1].started_at == at(50)


def test_events_stay_in_the_order_of_time_whatever_the_clock_says() -> None:
    run = close(start(a_run(), minute=50), FIRST, "bad", minute=10)
    run = transitions.fail_gate(run, SECOND, Closing(at(9), "worse", True))
    run = invoke(start(run, minute=3))
    assert times(run) == sorted(times(run))
    assert times(run)[-1] == at(50)


def test_an_attempt_that_is_added_and_abandoned_keeps_the_order_too() -> None:
    run = start(start(a_run(), minute=50), minute=10, abandon=True)
    first, second = run.gate(FIRST).attempts
    assert (first.finished_at, second.started_at) == (at(50), at(50))
    manual = transitions.fail_gate(passed(a_run(), FIRST), SECOND, Closing("1999-01-01T00:00:00.000Z", "bad", True))
    attempt = manual.gate(SECOND).attempts[-1]
    assert attempt.started_at == attempt.finished_at == times(manual)[-2]


def test_a_run_is_not_completed_before_its_last_event() -> None:
    run = passed(a_run(), FIRST)
    completed = transitions.complete_run(run, RunStatus.CANCELED, (), "1999-01-01T00:00:00.000Z")
    assert completed.finished_at == times(completed)[-1] == times(run)[-1]


def test_an_invocation_that_was_reported_keeps_its_duration_and_the_order(store: Store) -> None:
    store.create(start(a_run(), minute=50))
    run = record_invocation(store, RUN_ID, FIRST, "maker", at(10), duration_ms=60_000)
    (invocation,) = run.invocations
    assert (invocation.started_at, invocation.finished_at, times(run)[-1]) == (at(49), at(50), at(50))


def test_an_invalid_time_does_not_stop_the_clock() -> None:
    run = a_run().with_event(run_started("sometime", "tests", "tea"))
    assert transitions.monotonic_timestamp(run, at(3)) == at(3)


def test_a_clock_that_runs_forward_is_used() -> None:
    assert transitions.monotonic_timestamp(start(a_run(), minute=1), at(2)) == at(2)
