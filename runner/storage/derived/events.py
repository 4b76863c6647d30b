"""The events of a run follow from its attempts, its invocations and its end, for the most part."""

from collections.abc import Iterator
from typing import Any, Final

from runner.models.attempt import MANUAL_AGENT
from runner.models.event import (
    Event,
    EventType,
    gate_closed,
    gate_started,
    invocation_recorded,
    run_completed,
    run_resumed,
    run_started,
)
from runner.models.run import Run
from runner.models.status import RunStatus
from runner.storage.derived.acceptances import Violation as Violation
from runner.storage.derived.acceptances import find_acceptance_violations

_OF_GATES: Final = (EventType.GATE_STARTED, EventType.GATE_PASSED, EventType.GATE_FAILED)


def find_event_violations(run: Run, events: list[Event]) -> Iterator[Violation]:
    """The events that are missing, of nothing, out of order, or say something else than what they are of."""
    for index in range(1, len(events)):
        if events[index].timestamp < events[index - 1].timestamp:
            yield ("events", index, "timestamp"), f"is {events[index].timestamp}, before that of the event above it"
    yield from _find_gate_violations(run, events)
    yield from _find_run_violations(run, events)
    yield from _find_invocation_violations(run, events)
    if run.schema_version != 1:
        yield from _find_resumption_violations(events)
        yield from _find_forced_violations(run, events)
        yield from find_acceptance_violations(run, events)


def list_unknown_types(run: Run) -> list[str]:
    """The types of events that this version of orch does not write."""
    known = {str(each) for each in EventType}
    return sorted({each for each in run.events.column("type") if each not in known})


def _find_gate_violations(run: Run, events: list[Event]) -> Iterator[Violation]:
    """Each attempt has the events of its start and of its end, and there are no others of the kind."""
    required = {_identify(event): event for event in list_required_events(run)}
    expected = required | {_identify(event): event for event in _list_optional(run)}
    for index, event in enumerate(events):
        if event.type not in _OF_GATES:
            continue
        follows = expected.pop(_identify(event), None)
        if follows is None:
            yield ("events", index), f"no attempt has this {event.type} event, or it is a duplicate"
        else:
            yield from _compare(index, event, follows)
    for key, event in expected.items():
        if key in required:
            yield ("events",), f"has no {event.type} event of gate {event.data['gate']} attempt {event.data['attempt']}"


def _identify(event: Event) -> tuple[Any, ...]:
    return event.type, event.data.get("gate"), event.data.get("attempt")


def list_required_events(run: Run) -> Iterator[Event]:
    """The events of the start and of the end of each attempt. One that a person added as failed may have no start."""
    for gate in run.gates:
        for attempt in gate.attempts:
            if attempt.agent != MANUAL_AGENT:
                yield gate_started(gate.gate, attempt)
            if not attempt.is_open:
                yield gate_closed(gate.gate, attempt)


def _list_optional(run: Run) -> Iterator[Event]:
    """The starts of attempts that a person added as failed: these have none if no attempt was open."""
    for gate in run.gates:
        yield from (gate_started(gate.gate, attempt) for attempt in gate.attempts if attempt.agent == MANUAL_AGENT)


def _compare(index: int, event: Event, follows: Event) -> Iterator[Violation]:
    if event.timestamp != follows.timestamp:
        yield ("events", index, "timestamp"), f"is {event.timestamp}, expected {follows.timestamp}"
    for key, value in follows.data.items():
        if event.data.get(key) != value:
            yield ("events", index, key), f"is {str(event.data.get(key))[:80]!r}, expected {str(value)[:80]!r}"


def _find_run_violations(run: Run, events: list[Event]) -> Iterator[Violation]:
    """The start of the run, and its end where it has ended, are those of the events, which say the same twice."""
    started = [(index, event) for index, event in enumerate(events) if event.type == EventType.RUN_STARTED]
    if len(started) != 1:
        yield ("events",), f"has {len(started)} RUN_STARTED events, expected one"
    for index, event in started:
        yield from _compare(index, event, run_started(run.started_at, run.workflow.name, run.workflow.slug))
    completed = [(index, event) for index, event in enumerate(events) if event.type == EventType.RUN_COMPLETED]
    for index, event in completed:
        yield from _compare(index, event, run_completed(event.timestamp, str(event.data.get("status"))))
    if run.finished_at and (not completed or completed[-1][1].timestamp != run.finished_at):
        yield ("finished_at",), "is not the time of the last RUN_COMPLETED event"


def _find_invocation_violations(run: Run, events: list[Event]) -> Iterator[Violation]:
    """Each invocation has one event, which says the same."""
    known = {each.invocation_id: each for each in run.invocations}
    expected = dict(known)
    for index, event in enumerate(events):
        if event.type != EventType.INVOCATION_RECORDED:
            continue
        invocation_id = str(event.data.get("invocation_id"))
        if invocation := expected.pop(invocation_id, None):
            yield from _compare(index, event, invocation_recorded(event.timestamp, invocation))
        elif invocation_id in known:
            yield ("events", index, "invocation_id"), "is a duplicate"
    for invocation_id in expected:
        yield ("events",), f"has no INVOCATION_RECORDED event of {invocation_id}"


def _find_resumption_violations(events: list[Event]) -> Iterator[Violation]:
    """A run that was resumed had been completed, or had failed."""
    before = str(RunStatus.FAILED)
    for index, event in enumerate(events):
        if event.type == EventType.RUN_COMPLETED:
            before = str(event.data.get("status"))
        elif event.type == EventType.RUN_RESUMED:
            yield from _compare(index, event, run_resumed(event.timestamp, before))
            before = str(RunStatus.FAILED)


def _find_forced_violations(run: Run, events: list[Event]) -> Iterator[Violation]:
    """A start that was forced is the start of an attempt, and has a reason."""
    starts = {(gate.gate, attempt.started_at) for gate in run.gates for attempt in gate.attempts}
    for index, event in enumerate(events):
        if event.type != EventType.FORCED:
            continue
        gate = event.data.get("gate")
        if (gate, event.timestamp) not in starts:
            yield ("events", index), f"no attempt at gate {gate} was started then"
        if not event.data.get("reason"):
            yield ("events", index, "reason"), "is missing"
        if not str(event.data.get("message")).startswith(f"Gate {gate} forced: "):
            yield ("events", index, "message"), f"does not begin with 'Gate {gate} forced: '"
