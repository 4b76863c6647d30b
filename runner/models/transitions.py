"""The state machine of a run: which transitions are allowed, and the status that follows. No other module decides one.

Each transition takes a run and returns the changed run, or raises Refused. None reads a file or a clock.
"""

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING, NamedTuple

from gate_tests.errors import DecisionNeeded, Refused
from runner import suggestions
from runner.models.artifact_index import update_index
from runner.models.attempt import ABANDONED, CANCELED, MANUAL_AGENT, Attempt
from runner.models.derived_status import status_of_gates
from runner.models.event import (
    contract_accepted,
    gate_closed,
    gate_forced,
    gate_started,
    invocation_recorded,
    run_completed,
    run_resumed,
)
from runner.models.gate import Gate
from runner.models.invocation import Invocation
from runner.models.rows import Rows
from runner.models.run import Run
from runner.models.status import GateStatus, RunStatus
from runner.models.timestamps import is_timestamp

if TYPE_CHECKING:
    from runner.models.rules import GateRules, RuleChange


class Closing(NamedTuple):
    """How an attempt is closed: at `now`, as failed if there is a reason. `blocking`: whether that fails the run."""

    now: str
    failure_reason: str | None
    blocking: bool

    @property
    def status(self) -> GateStatus:
        """PASS unless there is a failure reason."""
        return GateStatus.FAIL if self.failure_reason else GateStatus.PASS


class Start(NamedTuple):
    """How an attempt is started."""

    blocking: bool
    """Whether an abandoned attempt fails the run."""
    abandon: bool = False
    """Whether to close the open attempt as abandoned, if there is one."""
    refusal: Refused | None = None
    """Why the workflow forbids the start, if it does."""
    force: str | None = None
    """The reason to start despite the refusal."""
    rules: "GateRules | None" = None
    """The files that decide how the gate is judged, as they are now; None if they are not compared with the pins."""
    accepts_changes: bool = False
    """Whether a person accepts that these files differ from the pins of the run."""


def start_attempt(run: Run, gate_id: str, opening: Attempt, start: Start) -> Run:
    """Open the next attempt at a gate. `opening.number` is replaced."""
    _refuse_if_completed(run)
    gate, blocking = run.gate(gate_id), start.blocking
    if gate.open_attempt and not start.abandon:
        raise _still_open_error(run, gate, gate.open_attempt, "abandon it with gate start --abandon")
    if start.refusal and start.refusal.lost_file:  # without the workflow nothing else can be said
        _overridden_refusal(start)
    changes = _find_pin_changes(run, gate_id, opening.agent, start)
    overridden = _overridden_refusal(start)
    if gate.open_attempt:
        run = _abandon_attempt(run, gate_id, gate.open_attempt, Closing(opening.started_at, ABANDONED, blocking))
        gate = run.gate(gate_id)
    started_at = monotonic_timestamp(run, opening.started_at)
    if overridden and start.force:
        run = run.with_event(gate_forced(started_at, gate_id, start.force, overridden))
    attempt = opening._replace(number=gate.next_number, status=GateStatus.RUNNING, started_at=started_at)
    if start.rules:
        run = accept_changes(run, gate_id, attempt.number, changes, start.rules, started_at)
    return _add_open(run, gate_id, attempt)


def accept_changes(
    run: Run, gate_id: str, number: int, changes: "Sequence[RuleChange]", rules: "GateRules", now: str
) -> Run:
    """Record that a person accepted the changed rules for an attempt, and pin the rules."""
    for change in changes:
        run = run.with_event(contract_accepted(monotonic_timestamp(run, now), gate_id, number, change))
    return run._replace(pins=run.pins.pin(gate_id, rules)) if run.pins else run


def require_open_attempt(run: Run, gate_id: str, usual_agent: Callable[[str], str] = lambda _: "NAME") -> Attempt:
    """The open attempt at a gate. Raises Refused if there is none, and suggests a start by the gate's usual agent."""
    _refuse_if_completed(run)
    gate = run.gate(gate_id)
    if gate.open_attempt:
        return gate.open_attempt
    start = suggestions.start_gate(run.run_id, gate_id, gate.last_agent or usual_agent(gate_id))
    last = gate.last_attempt
    if last is None:
        raise Refused(f"gate {gate_id} has not been started", next_command=start)
    raise Refused(
        f"attempt {last.number} of gate {gate_id} is already finished ({last.status}) and never changes",
        next_command=start,
    )


def close_attempt(run: Run, gate_id: str, attempt: Attempt, closing: Closing) -> Run:
    """Close the attempt. Its artifacts and results are set by the caller."""
    finished = attempt._replace(
        status=closing.status,
        finished_at=monotonic_timestamp(run, closing.now),
        failure_reason=closing.failure_reason,
    )
    return _close(run, gate_id, finished, blocking=closing.blocking)


def recover_attempt(run: Run, gate_id: str, finished: Attempt, *, blocking: bool) -> Run:
    """Add a finished attempt whose file was written, but that is missing or still open in RUN.json."""
    if run.gate(gate_id).open_attempt is None and finished.agent != MANUAL_AGENT:
        run = _add_open(run, gate_id, finished._replace(status=GateStatus.RUNNING))
    run = _close(run, gate_id, finished, blocking=blocking)
    return run._replace(events=Rows(sorted(run.events, key=lambda event: event.timestamp)))


def fail_gate(run: Run, gate_id: str, closing: Closing) -> Run:
    """Close the open attempt as failed, or add a failed one."""
    _refuse_if_completed(run)
    gate, now = run.gate(gate_id), monotonic_timestamp(run, closing.now)
    manual = Attempt(gate.next_number, GateStatus.RUNNING, now, MANUAL_AGENT, context=run.attempt_context)
    return _abandon_attempt(run, gate_id, gate.open_attempt or manual, closing)


def record_invocation(run: Run, invocation: Invocation, now: str) -> Run:
    """Add an agent's invocation, to the gate's open attempt as well if there is one."""
    _refuse_if_completed(run)
    gate = run.gate(invocation.gate)
    if gate.open_attempt:
        ids = (*gate.open_attempt.invocation_ids, invocation.invocation_id)
        run = run.with_gate(gate.with_attempt(gate.open_attempt._replace(invocation_ids=ids)))
    run = run._replace(invocations=run.invocations.with_row(invocation))
    return run.with_event(invocation_recorded(monotonic_timestamp(run, now), invocation))


def complete_run(
    run: Run, status: RunStatus | None, blocking: Collection[str], now: str, stale: Refused | None = None
) -> Run:
    """End the run with this status; None derives it from the gates. Gates in `blocking` must pass for PASSED.

    CANCELED closes open attempts; any other status is refused while one is open. `stale` refuses PASSED besides.
    """
    _refuse_if_completed(run)
    for gate in run.gates:
        if gate.open_attempt and status is not RunStatus.CANCELED:
            way_out = "close it as canceled with run complete --status CANCELED"
            raise _still_open_error(run, gate, gate.open_attempt, way_out)
        if gate.open_attempt:
            run = _abandon_attempt(run, gate.gate, gate.open_attempt, Closing(now, CANCELED, gate.gate in blocking))
    if status is RunStatus.PASSED:
        _refuse_unless_passed(run, blocking)
    status, now = status or status_of_gates(run), monotonic_timestamp(run, now)
    if stale and status is RunStatus.PASSED:
        raise stale
    completed = run._replace(status=status, finished_at=now)
    return completed.with_event(run_completed(now, str(status)))


def resume_run(run: Run, now: str) -> Run:
    """Reopen a run that failed or was completed; a run under way is returned as it is. A passed run is refused."""
    if run.finished_at is not None and run.status is RunStatus.PASSED:
        raise Refused(
            f"run {run.run_id} is completed ({run.status}); there is nothing to resume",
            next_command=suggestions.show_run(run.run_id),
        )
    if run.finished_at is None and run.status is not RunStatus.FAILED:
        return run
    now = monotonic_timestamp(run, now)
    resumed = run._replace(status=RunStatus.RUNNING, finished_at=None)
    return resumed.with_event(run_resumed(now, str(run.status)))


def record_packet_hash(run: Run, gate_id: str, number: int, prompt_sha256: str) -> Run:
    """Record the hash of the packet that an agent was given last for the open attempt `number`."""
    attempt = require_open_attempt(run, gate_id)
    if attempt.number != number:
        raise Refused(
            f"attempt {number} of gate {gate_id} was closed by another process",
            next_command=suggestions.show_run(run.run_id),
        )
    changed = attempt._replace(prompt_sha256=prompt_sha256, absent=attempt.absent - {"prompt_sha256"})
    return run.with_gate(run.gate(gate_id).with_attempt(changed))


def monotonic_timestamp(run: Run, now: str) -> str:
    """`now`, or the newest time in the record: nothing may end before it began because a clock was set back."""
    attempts = [attempt for gate in run.gates for attempt in gate.attempts]
    recorded: list[str] = [
        run.started_at,
        *run.events.column("timestamp"),
        *(attempt.finished_at or attempt.started_at for attempt in attempts),
        *run.invocations.column("started_at"),
        *filter(None, run.invocations.column("finished_at")),
    ]
    newest = max(recorded)
    return max([now, newest] if is_timestamp(newest) else [now, *filter(is_timestamp, recorded)])


def _find_pin_changes(run: Run, gate_id: str, agent: str, start: Start) -> "tuple[RuleChange, ...]":
    """How the rules of the gate differ from the pins. Raises DecisionNeeded unless that is accepted."""
    if run.pins is None or start.rules is None:
        return ()
    from runner.models.rules import find_pin_changes  # most transitions start nothing

    changes = find_pin_changes(run.pins, gate_id, start.rules)
    if changes and not start.accepts_changes:
        paths = " and ".join(change.path for change in changes)
        raise DecisionNeeded(
            f"{paths} changed after run {run.run_id} started",
            path=changes[0].path,
            accept_command=suggestions.start_gate(run.run_id, gate_id, agent, accept_contract=True),
        )
    return changes


def _abandon_attempt(run: Run, gate_id: str, attempt: Attempt, closing: Closing) -> Run:
    """Close the attempt unfinished; its failure fails the run if its contract said so at its start.

    Its context is that of the run: where the run was changed since, the attempt's baseline has the one before.
    """
    if attempt.blocking is not None:
        closing = closing._replace(blocking=attempt.blocking)
    context = run.attempt_context if attempt.context else None
    return close_attempt(run, gate_id, attempt._replace(blocking=closing.blocking, context=context), closing)


def _overridden_refusal(start: Start) -> str | None:
    """The message of the refusal that a forced start overrides, if any. Raises Refused if it is not forced."""
    if start.refusal and not start.force:
        raise Refused(
            f"{start.refusal.message}; gate start --force REASON overrides this and records the reason",
            next_command=start.refusal.next_command,
            lost_file=start.refusal.lost_file,
        )
    return start.refusal.message if start.refusal else None


def _add_open(run: Run, gate_id: str, attempt: Attempt) -> Run:
    run = run.with_gate(run.gate(gate_id).with_attempt(attempt))._replace(
        status=_status_unless_completed(run, RunStatus.RUNNING)
    )
    return run.with_event(gate_started(gate_id, attempt))


def _close(run: Run, gate_id: str, finished: Attempt, *, blocking: bool) -> Run:
    at = finished.finished_at or finished.started_at
    run = run.with_gate(run.gate(gate_id).with_attempt(finished))
    run = run._replace(artifacts_index=update_index(run.artifacts_index, finished.artifacts, gate_id, at))
    if blocking and finished.status is not GateStatus.PASS:
        run = run._replace(status=_status_unless_completed(run, RunStatus.FAILED))
    return run.with_event(gate_closed(gate_id, finished))


def _status_unless_completed(run: Run, status: RunStatus) -> RunStatus:
    """A completed run keeps the status it ended with."""
    return run.status if run.finished_at else status


def _refuse_if_completed(run: Run) -> None:
    if run.finished_at is None:
        return
    if run.status is RunStatus.PASSED:
        raise Refused(
            f"run {run.run_id} is completed ({run.status}); it is read-only",
            next_command=suggestions.show_run(run.run_id),
        )
    raise Refused(
        f"run {run.run_id} is completed ({run.status}); resume it to continue",
        next_command=suggestions.resume_run(run.run_id),
    )


def _refuse_unless_passed(run: Run, blocking: Collection[str]) -> None:
    missing = [f"{g.gate} ({g.status})" for g in run.gates if g.gate in blocking and not g.has_passed]
    if missing:
        raise Refused(
            f"run {run.run_id} cannot be PASSED while blocking gates have not passed: {', '.join(missing)}",
            next_command=suggestions.show_status(run.run_id),
        )


def _still_open_error(run: Run, gate: Gate, attempt: Attempt, way_out: str) -> Refused:
    return Refused(
        f"attempt {attempt.number} of gate {gate.gate} has been running since {attempt.started_at} ({attempt.agent});"
        f" finish it, or {way_out}",
        next_command=suggestions.finish_gates(run.run_id, gate.gate),
    )
