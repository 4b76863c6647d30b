"""The state rules: what may happen to a run and what it comes to. The one place that decides a status.

Every function takes the run as it is and gives the run as it will be, or raises Refused. None reads a file or a clock.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

from gate_tests.errors import Refused
from runner import suggestions
from runner.models.artifact_index import IndexEntry
from runner.models.attempt import ABANDONED, MANUAL_AGENT, Artifact, Attempt
from runner.models.event import (
    EventType,
    forced,
    gate_closed,
    gate_started,
    invocation_recorded,
    run_completed,
    run_resumed,
)
from runner.models.invocation import Invocation
from runner.models.rows import Rows
from runner.models.run import Gate, Run
from runner.models.status import GateStatus, RunStatus
from runner.models.timestamps import is_timestamp

FINAL = (RunStatus.PASSED, RunStatus.FAILED, RunStatus.CANCELED)
"""What a run can end with."""


class Closing(NamedTuple):
    """How an attempt ends. `now` is its end; a failure has a reason."""

    now: str
    failure_reason: str | None
    blocking: bool

    @property
    def status(self) -> GateStatus:
        """PASS unless there is a reason against it."""
        return GateStatus.FAIL if self.failure_reason else GateStatus.PASS


class Start(NamedTuple):
    """How an attempt begins: what the workflow says against it, if anything, and what overrides that."""

    blocking: bool
    abandon: bool = False
    refusal: Refused | None = None
    force: str | None = None
    """The reason to start in spite of the refusal."""


def start_attempt(run: Run, gate_id: str, opening: Attempt, start: Start) -> Run:
    """Opens the next attempt at a gate. `opening.number` is set here."""
    _refuse_if_completed(run)
    gate, blocking = run.gate(gate_id), start.blocking
    if gate.open_attempt and not start.abandon:
        raise _still_open(run, gate, gate.open_attempt)
    overridden = _overridden(start)
    if gate.open_attempt:
        run = close_attempt(run, gate_id, gate.open_attempt, Closing(opening.started_at, ABANDONED, blocking))
        gate = run.gate(gate_id)
    started_at = moment(run, opening.started_at)
    if overridden and start.force:
        run = run.with_event(forced(started_at, gate_id, start.force, overridden))
    attempt = replace(opening, number=gate.next_number, status=GateStatus.RUNNING, started_at=started_at)
    return _opened(run, gate_id, attempt)


def _nobody(_: str) -> str:
    return "NAME"


def open_attempt(run: Run, gate_id: str, usual_agent: Callable[[str], str] = _nobody) -> Attempt:
    """The attempt that a finish would close. Raises Refused where there is none, with who usually works at the gate."""
    _refuse_if_completed(run)
    gate = run.gate(gate_id)
    if gate.open_attempt:
        return gate.open_attempt
    start = suggestions.start_gate(run.run_id, gate_id, gate.last_agent or usual_agent(gate_id))
    last = gate.last_attempt
    if last is None:
        raise Refused(f"gate {gate_id} has not been started", next_command=start)
    raise Refused(
        f"attempt {last.number} of gate {gate_id} is finished already ({last.status}) and never changes",
        next_command=start,
    )


def close_attempt(run: Run, gate_id: str, attempt: Attempt, closing: Closing) -> Run:
    """Ends the attempt; what it holds besides its status is the caller's."""
    finished = replace(
        attempt,
        status=closing.status,
        finished_at=moment(run, closing.now),
        failure_reason=closing.failure_reason,
    )
    return _closed(run, gate_id, finished, blocking=closing.blocking)


def adopt_attempt(run: Run, gate_id: str, finished: Attempt, *, blocking: bool) -> Run:
    """Takes in an attempt that was finished and recorded, but of which the run does not know that yet."""
    if run.gate(gate_id).open_attempt is None and finished.agent != MANUAL_AGENT:
        run = _opened(run, gate_id, replace(finished, status=GateStatus.RUNNING))
    run = _closed(run, gate_id, finished, blocking=blocking)
    return run._replace(events=Rows(sorted(run.events, key=lambda event: event.timestamp)))


def fail_gate(run: Run, gate_id: str, closing: Closing) -> Run:
    """Closes the open attempt as FAIL, or adds one that says so."""
    _refuse_if_completed(run)
    gate = run.gate(gate_id)
    manual = Attempt(gate.next_number, GateStatus.RUNNING, moment(run, closing.now), MANUAL_AGENT)
    return close_attempt(run, gate_id, gate.open_attempt or manual, closing)


def record_invocation(run: Run, invocation: Invocation, now: str) -> Run:
    """Adds an agent's invocation; it joins the gate's open attempt, if there is one."""
    _refuse_if_completed(run)
    gate = run.gate(invocation.gate)
    if gate.open_attempt:
        joined = (*gate.open_attempt.invocation_ids, invocation.invocation_id)
        run = run.with_gate(gate.with_last(replace(gate.open_attempt, invocation_ids=joined)))
    run = run._replace(invocations=run.invocations.with_row(invocation))
    return run.with_event(invocation_recorded(moment(run, now), invocation))


def complete_run(run: Run, status: RunStatus | None, blocking: Collection[str], now: str) -> Run:
    """Ends the run, with the status its gates come to where none is named."""
    _refuse_if_completed(run)
    for gate in run.gates:
        if gate.open_attempt:
            raise _still_open(run, gate, gate.open_attempt)
    if status is RunStatus.PASSED:
        _refuse_unless_passed(run, blocking)
    status, now = status or _outcome_of(run), moment(run, now)
    completed = run._replace(status=status, finished_at=now)
    return completed.with_event(run_completed(now, str(status)))


def resume_run(run: Run, now: str) -> Run:
    """The run, ready to go on: one that failed or was ended runs again, and one that passed is done."""
    if run.finished_at is not None and run.status is RunStatus.PASSED:
        raise Refused(
            f"run {run.run_id} is completed ({run.status}); there is nothing left to do in it",
            next_command=suggestions.show_run(run.run_id),
        )
    if run.finished_at is None and run.status is not RunStatus.FAILED:
        return run
    now = moment(run, now)
    resumed = run._replace(status=RunStatus.RUNNING, finished_at=None)
    return resumed.with_event(run_resumed(now, str(run.status)))


def hand_packet(run: Run, gate_id: str, number: int, prompt_sha256: str) -> Run:
    """Notes the hash of the packet that was handed over last for the open attempt `number`."""
    attempt = open_attempt(run, gate_id)
    if attempt.number != number:
        raise Refused(
            f"attempt {number} of gate {gate_id} was closed by somebody else",
            next_command=suggestions.show_run(run.run_id),
        )
    noted = replace(attempt, prompt_sha256=prompt_sha256, absent=attempt.absent - {"prompt_sha256"})
    return run.with_gate(run.gate(gate_id).with_last(noted))


def indexed(index: Rows[IndexEntry], artifacts: Sequence[Artifact], gate: str, now: str) -> Rows[IndexEntry]:
    """The index with the artifacts' hashes: one entry a path, with when it was recorded first and last."""
    if not artifacts:
        return index
    entries = {entry.resolved_path or entry.path: entry for entry in index}
    for artifact in artifacts:
        known = entries.get(artifact.resolved_path)
        entries[artifact.resolved_path] = IndexEntry(
            path=artifact.path,
            resolved_path=artifact.resolved_path,
            sha256=artifact.sha256,
            gate=gate,
            recorded_at=known.recorded_at if known else now,
            updated_at=now if known else None,
        )
    return Rows(entries.values())


def moment(run: Run, now: str) -> str:
    """`now`, or the newest time that the run holds: a clock that was set back makes nothing end before it began."""
    attempts = [attempt for gate in run.gates for attempt in gate.attempts]
    held: list[str] = [
        run.started_at,
        *run.events.column("timestamp"),
        *(attempt.finished_at or attempt.started_at for attempt in attempts),
        *run.invocations.column("started_at"),
        *filter(None, run.invocations.column("finished_at")),
    ]
    newest = max(held)
    return max([now, newest] if is_timestamp(newest) else [now, *filter(is_timestamp, held)])


def status_told(run: Run, blocking: Collection[tuple[str, int]]) -> RunStatus:
    """The status that a run's events come to, one after the other; the end that counts is the last.

    `blocking` are the attempts, by gate and number, whose failure fails the run.
    """
    status = RunStatus.QUEUED
    for event in run.events:
        if event.type in (EventType.GATE_STARTED, EventType.RUN_RESUMED):
            status = RunStatus.RUNNING
        elif event.type == EventType.GATE_FAILED and (event.data.get("gate"), event.data.get("attempt")) in blocking:
            status = RunStatus.FAILED
        elif event.type == EventType.RUN_COMPLETED and event.timestamp == run.finished_at:
            told = event.data.get("status")
            return RunStatus(told) if told in FINAL else final_status(run)
    return status


def final_status(run: Run) -> RunStatus:
    """The status of a completed run: its own, or where that is none to end with, what its gates come to."""
    return run.status if run.status in FINAL else _outcome_of(run)


def _overridden(start: Start) -> str | None:
    """What speaks against a start that is forced. Raises Refused where it is not."""
    if start.refusal and not start.force:
        raise Refused(
            f"{start.refusal.message}; gate start --force REASON starts all the same and records the reason",
            next_command=start.refusal.next_command,
        )
    return start.refusal.message if start.refusal else None


def _opened(run: Run, gate_id: str, attempt: Attempt) -> Run:
    run = run.with_gate(run.gate(gate_id).with_last(attempt))._replace(status=_unless_completed(run, RunStatus.RUNNING))
    return run.with_event(gate_started(gate_id, attempt))


def _closed(run: Run, gate_id: str, finished: Attempt, *, blocking: bool) -> Run:
    at = finished.finished_at or finished.started_at
    run = run.with_gate(run.gate(gate_id).with_last(finished))
    run = run._replace(artifacts_index=indexed(run.artifacts_index, finished.artifacts, gate_id, at))
    if blocking and finished.status is not GateStatus.PASS:
        run = run._replace(status=_unless_completed(run, RunStatus.FAILED))
    return run.with_event(gate_closed(gate_id, finished))


def _unless_completed(run: Run, status: RunStatus) -> RunStatus:
    """A completed run keeps the status it ended with."""
    return run.status if run.finished_at else status


def _outcome_of(run: Run) -> RunStatus:
    statuses = {gate.status for gate in run.gates}
    if GateStatus.FAIL in statuses:
        return RunStatus.FAILED
    return RunStatus.PASSED if statuses == {GateStatus.PASS} else RunStatus.CANCELED


def _refuse_if_completed(run: Run) -> None:
    if run.finished_at is None:
        return
    if run.status is RunStatus.PASSED:
        raise Refused(
            f"run {run.run_id} is completed ({run.status}); it can only be read",
            next_command=suggestions.show_run(run.run_id),
        )
    raise Refused(
        f"run {run.run_id} is completed ({run.status}); it can only be read, or gone on with",
        next_command=suggestions.resume_run(run.run_id),
    )


def _refuse_unless_passed(run: Run, blocking: Collection[str]) -> None:
    short = [f"{g.gate} ({g.status})" for g in run.gates if g.gate in blocking and not g.has_passed]
    if short:
        raise Refused(
            f"run {run.run_id} cannot be PASSED while blocking gates have not passed: {', '.join(short)}",
            next_command=suggestions.show_status(run.run_id),
        )


def _still_open(run: Run, gate: Gate, attempt: Attempt) -> Refused:
    return Refused(
        f"attempt {attempt.number} of gate {gate.gate} is running since {attempt.started_at} ({attempt.agent});"
        " finish it, or close it as abandoned with gate start --abandon",
        next_command=suggestions.finish_gates(run.run_id, gate.gate),
    )
