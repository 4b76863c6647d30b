"""Rebuilds what follows from the attempts and invocations of a damaged run: its events, index and status."""

from collections.abc import Callable, Collection, Iterator
from typing import Final, TypeVar

from gate_tests.strict_json.fields import Fields
from runner.models.artifact_index import update_index
from runner.models.attempt import Attempt
from runner.models.derived_status import final_status, replay_status
from runner.models.event import Event, EventType, gate_closed, invocation_recorded, run_completed, run_started
from runner.models.invocation import Invocation
from runner.models.rows import Rows
from runner.models.run import Run
from runner.models.timestamps import is_timestamp
from runner.repair.salvage import PartialRecord
from runner.storage.derived.events import list_required_events

T = TypeVar("T")


def read_invocations(partial: PartialRecord) -> tuple[Invocation, ...]:
    """The readable invocations of both sides of a conflict, each once, sorted by time."""
    by_id: dict[str, Invocation] = {}
    for row in partial.parse_rows("invocations", _invocation_parser(partial)):
        by_id.setdefault(row.invocation_id, row)
    return tuple(sorted(by_id.values(), key=lambda row: row.finished_at or row.started_at))


def count_lost_invocations(partial: PartialRecord) -> int:
    """How many invocations are lost."""
    return partial.count_lost_rows("invocations", _invocation_parser(partial))


def read_events(partial: PartialRecord) -> tuple[Event, ...]:
    """The readable events of both sides of a conflict."""
    return tuple(partial.parse_rows("events", _event_parser(partial)))


def count_lost_events(partial: PartialRecord, run: Run) -> int:
    """How many events are lost, not counting those that were rebuilt in `run`."""
    read = {repr(event) for event in read_events(partial)}
    rebuilt = sum(repr(event) not in read for event in run.events)
    return partial.count_lost_rows("events", _event_parser(partial)) - rebuilt


def _invocation_parser(partial: PartialRecord) -> Callable[[Fields], Invocation]:
    return _with_times(partial, Invocation.from_json, "started_at", "finished_at")


def _event_parser(partial: PartialRecord) -> Callable[[Fields], Event]:
    return _with_times(partial, Event.from_json, "timestamp")


def _with_times(partial: PartialRecord, parse: Callable[[Fields], T], *keys: str) -> Callable[[Fields], T]:
    def parse_checked(fields: Fields) -> T:
        row = parse(fields)
        for key in keys if partial.has_schema_version else ():
            time = fields.optional_text(key)
            if time is not None and not is_timestamp(time):
                raise fields.error(key, f"invalid time {time[:60]!r}")
        return row

    return parse_checked


_ATTEMPT_EVENTS: Final = (EventType.GATE_STARTED, EventType.GATE_PASSED, EventType.GATE_FAILED)
_UNIQUE_EVENTS: Final = (*_ATTEMPT_EVENTS, EventType.RUN_STARTED, EventType.INVOCATION_RECORDED)


def rebuild_events(run: Run, blocking: Collection[tuple[str, int]]) -> Run:
    """The run with all events that it must have, each once and sorted by time, and the status that follows."""
    expected = {_identity(event): event for event in _expected_events(run)}
    kept: dict[object, Event] = {}
    for event in run.events:
        if _is_consistent(run, event):
            kept.setdefault(_identity(event), _correct(event, expected.get(_identity(event))))
    for identity, event in expected.items():
        kept.setdefault(identity, event)
    if run.finished_at and not any(_ends(run, event) for event in kept.values()):
        kept["end"] = run_completed(run.finished_at, str(final_status(run)))
    run = run._replace(events=Rows(sorted(kept.values(), key=lambda event: event.timestamp)))
    return run._replace(status=replay_status(run, blocking))


def rebuild_index(run: Run) -> Run:
    """The run with an index of the newest hash of each artifact."""
    run = run._replace(artifacts_index=Rows())
    for gate, attempt in sorted(_finished(run), key=lambda closed: closed[1].finished_at or ""):
        at = attempt.finished_at or attempt.started_at
        run = run._replace(artifacts_index=update_index(run.artifacts_index, attempt.artifacts, gate, at))
    return run


def _finished(run: Run) -> Iterator[tuple[str, Attempt]]:
    for gate in run.gates:
        for attempt in gate.attempts:
            if not attempt.is_open:
                yield gate.gate, attempt


def _expected_events(run: Run) -> Iterator[Event]:
    yield run_started(run.started_at, run.workflow.name, run.workflow.slug)
    yield from list_required_events(run)
    for invocation in run.invocations:
        yield invocation_recorded(invocation.finished_at or invocation.started_at, invocation)


def _correct(event: Event, expected: Event | None) -> Event:
    """The event as it must be; that of an invocation may be later than its end."""
    if expected is None:
        return event
    timestamp = event.timestamp if event.type == EventType.INVOCATION_RECORDED else expected.timestamp
    return Event(timestamp, event.type, {**event.data, **expected.data})


def _is_consistent(run: Run, event: Event) -> bool:
    """Whether the event agrees with the recorded attempts."""
    if event.type not in _ATTEMPT_EVENTS:
        return True
    named = event.data.get("gate")
    gate = run.find_gate(named) if isinstance(named, str) else None
    for attempt in gate.attempts if gate else ():
        if attempt.number == event.data.get("attempt"):
            closed = not attempt.is_open and event.type == gate_closed("", attempt).type
            return closed or event.type == EventType.GATE_STARTED
    return False


def _identity(event: Event) -> object:
    """The key by which duplicates of an event are found."""
    if event.type in _UNIQUE_EVENTS:
        return (event.type, *(str(event.data.get(key)) for key in ("gate", "attempt", "invocation_id")))
    return repr(event)


def _ends(run: Run, event: Event) -> bool:
    return event.type == EventType.RUN_COMPLETED and event.timestamp == run.finished_at
