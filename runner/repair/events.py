"""What a run's attempts and invocations tell of its past: the events there must have been, the index, the status."""

from collections.abc import Callable, Collection, Iterator
from typing import TypeVar

from gate_tests.strict_json.fields import Fields
from runner.models import transitions
from runner.models.attempt import MANUAL_AGENT, Attempt
from runner.models.event import (
    Event,
    EventType,
    gate_closed,
    gate_started,
    invocation_recorded,
    run_completed,
    run_started,
)
from runner.models.invocation import Invocation
from runner.models.rows import Rows
from runner.models.run import Run
from runner.models.timestamps import is_timestamp
from runner.repair.salvage import PartialRecord

T = TypeVar("T")


def invocations(salvage: PartialRecord) -> tuple[Invocation, ...]:
    """Those of both sides, each once, in the order of time."""
    by_id: dict[str, Invocation] = {}
    for row in salvage.rows("invocations", _invocation(salvage)):
        by_id.setdefault(row.invocation_id, row)
    return tuple(sorted(by_id.values(), key=lambda row: row.finished_at or row.started_at))


def count_lost_invocations(salvage: PartialRecord) -> int:
    """How many rows of invocations cannot be read."""
    return salvage.count_lost_rows("invocations", _invocation(salvage))


def events(salvage: PartialRecord) -> tuple[Event, ...]:
    """Those of both sides."""
    return tuple(salvage.rows("events", _event(salvage)))


def count_lost_events(salvage: PartialRecord, run: Run) -> int:
    """How many rows of events cannot be read and were not told anew in the run as it was rebuilt."""
    read = {repr(event) for event in events(salvage)}
    told_anew = sum(repr(event) not in read for event in run.events)
    return salvage.count_lost_rows("events", _event(salvage)) - told_anew


def _invocation(salvage: PartialRecord) -> Callable[[Fields], Invocation]:
    return _timed(salvage, Invocation.from_json, "started_at", "finished_at")


def _event(salvage: PartialRecord) -> Callable[[Fields], Event]:
    return _timed(salvage, Event.from_json, "timestamp")


def _timed(salvage: PartialRecord, parse: Callable[[Fields], T], *keys: str) -> Callable[[Fields], T]:
    def read(fields: Fields) -> T:
        row = parse(fields)
        for key in keys if salvage.is_ours else ():
            time = fields.optional_text(key)
            if time is not None and not is_timestamp(time):
                raise fields.damage(key, "is no time")
        return row

    return read


_OF_ATTEMPTS = (EventType.GATE_STARTED, EventType.GATE_PASSED, EventType.GATE_FAILED)
_ONCE = (*_OF_ATTEMPTS, EventType.RUN_STARTED, EventType.INVOCATION_RECORDED)


def rebuild_events(run: Run, blocking: Collection[tuple[str, int]]) -> Run:
    """The run with every event that belongs to it, once and in the order of time, and the status it comes to."""
    told: dict[object, Event] = {}
    for event in [*(event for event in run.events if _may_be(run, event)), *_expected(run)]:
        told.setdefault(_identity(event), event)
    if run.finished_at and not any(_ends(run, event) for event in told.values()):
        told["end"] = run_completed(run.finished_at, str(transitions.final_status(run)))
    run = run._replace(events=Rows(sorted(told.values(), key=lambda event: event.timestamp)))
    return run._replace(status=transitions.replay_status(run, blocking))


def rebuild_index(run: Run) -> Run:
    """The run with the hashes of its attempts' artifacts, the newest of each path."""
    run = run._replace(artifacts_index=Rows())
    for gate, attempt in sorted(_finished(run), key=lambda closed: closed[1].finished_at or ""):
        at = attempt.finished_at or attempt.started_at
        run = run._replace(artifacts_index=transitions.update_index(run.artifacts_index, attempt.artifacts, gate, at))
    return run


def _finished(run: Run) -> Iterator[tuple[str, Attempt]]:
    for gate in run.gates:
        for attempt in gate.attempts:
            if not attempt.is_open:
                yield gate.gate, attempt


def _expected(run: Run) -> Iterator[Event]:
    yield run_started(run.started_at, run.workflow.name, run.workflow.slug)
    for gate in run.gates:
        for attempt in gate.attempts:
            if attempt.agent != MANUAL_AGENT:
                yield gate_started(gate.gate, attempt)
            if not attempt.is_open:
                yield gate_closed(gate.gate, attempt)
    for invocation in run.invocations:
        yield invocation_recorded(invocation.finished_at or invocation.started_at, invocation)


def _may_be(run: Run, event: Event) -> bool:
    """Whether the event agrees with the attempts as they are recorded."""
    if event.type not in _OF_ATTEMPTS:
        return True
    gate = run.find_gate(str(event.data.get("gate")))
    for attempt in gate.attempts if gate else ():
        if attempt.number == event.data.get("attempt"):
            closed = not attempt.is_open and event.type == gate_closed("", attempt).type
            return closed or event.type == EventType.GATE_STARTED
    return False


def _identity(event: Event) -> object:
    """Two events with the same one are the same event, told twice."""
    if event.type in _ONCE:
        return (event.type, *(str(event.data.get(key)) for key in ("gate", "attempt", "invocation_id")))
    return repr(event)


def _ends(run: Run, event: Event) -> bool:
    return event.type == EventType.RUN_COMPLETED and event.timestamp == run.finished_at
