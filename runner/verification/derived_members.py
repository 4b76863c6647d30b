"""What a record says twice: its events, its index of artifacts, its pins and its status follow from its attempts."""

from collections.abc import Iterator
from typing import Any, Final

from gate_tests.errors import DamagedRecord
from gate_tests.strict_json.document import JsonPath
from gate_tests.workspace.layout import Workspace
from runner.models.attempt import MANUAL_AGENT
from runner.models.derived_status import replay_status
from runner.models.event import (
    Event,
    EventType,
    gate_closed,
    gate_started,
    invocation_recorded,
    run_completed,
    run_started,
)
from runner.models.rows import Rows
from runner.models.run import Run
from runner.models.status import GateStatus

Violation = tuple[JsonPath, str]
"""The path of a value in RUN.json, and what is wrong with it."""

_OF_GATES: Final = (EventType.GATE_STARTED, EventType.GATE_PASSED, EventType.GATE_FAILED)


def check_derived_members(workspace: Workspace, run: Run) -> None:
    """Raises DamagedRecord for the first member that does not follow from the attempts.

    Not asked of records of the original, which need not agree with themselves.
    """
    if run.schema_version is None:
        return
    for path, rule in find_violations(run):
        raise DamagedRecord(f"{workspace.read_record(run.run_id).at(path)}: {rule}")


def find_violations(run: Run) -> Iterator[Violation]:
    """What does not follow from the attempts of the run."""
    events = list(run.events)
    run = run._replace(events=Rows(events))  # so that each is parsed only once
    yield from _find_event_violations(run, events)
    yield from _find_run_event_violations(run, events)
    yield from _find_invocation_violations(run, events)
    yield from _find_index_violations(run)
    yield from _find_pin_violations(run)
    yield from _find_status_violations(run)


def _find_event_violations(run: Run, events: list[Event]) -> Iterator[Violation]:
    """Each attempt has the events of its start and of its end, and there are no others of the kind."""
    expected = {_identify(event): event for event in _list_expected_events(run)}
    optional = {_identify(event) for event in _list_optional_events(run)}
    for index, event in enumerate(events):
        if index and event.timestamp < events[index - 1].timestamp:
            yield ("events", index, "timestamp"), f"is {event.timestamp}, before that of the event above it"
        if event.type not in _OF_GATES:
            continue
        follows = expected.pop(_identify(event), None)
        if follows is None:
            yield ("events", index), f"no attempt has this {event.type} event, or it is a duplicate"
        else:
            yield from _compare_event(index, event, follows)
    for key, event in expected.items():
        if key not in optional:
            yield ("events",), f"has no {event.type} event of gate {event.data['gate']} attempt {event.data['attempt']}"


def _identify(event: Event) -> tuple[Any, ...]:
    return event.type, event.data.get("gate"), event.data.get("attempt")


def _list_expected_events(run: Run) -> Iterator[Event]:
    for gate in run.gates:
        for attempt in gate.attempts:
            yield gate_started(gate.gate, attempt)
            if not attempt.is_open:
                yield gate_closed(gate.gate, attempt)


def _list_optional_events(run: Run) -> Iterator[Event]:
    """The starts of attempts that a person added as failed, while none was open: these have no start."""
    for gate in run.gates:
        yield from (gate_started(gate.gate, attempt) for attempt in gate.attempts if attempt.agent == MANUAL_AGENT)


def _compare_event(index: int, event: Event, follows: Event) -> Iterator[Violation]:
    if event.timestamp != follows.timestamp:
        yield ("events", index, "timestamp"), f"is {event.timestamp}, expected {follows.timestamp}"
    for key, value in follows.data.items():
        if event.data.get(key) != value:
            yield ("events", index, key), f"is {str(event.data.get(key))[:80]!r}, expected {str(value)[:80]!r}"


def _find_run_event_violations(run: Run, events: list[Event]) -> Iterator[Violation]:
    """The start of the run, and its end where it has ended, are those of the events, which say the same twice."""
    started = [(index, event) for index, event in enumerate(events) if event.type == EventType.RUN_STARTED]
    if len(started) != 1:
        yield ("events",), f"has {len(started)} RUN_STARTED events, expected one"
    for index, event in started:
        yield from _compare_event(index, event, run_started(run.started_at, run.workflow.name, run.workflow.slug))
    completed = [(index, event) for index, event in enumerate(events) if event.type == EventType.RUN_COMPLETED]
    for index, event in completed:
        yield from _compare_event(index, event, run_completed(event.timestamp, str(event.data.get("status"))))
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
            yield from _compare_event(index, event, invocation_recorded(event.timestamp, invocation))
        elif invocation_id in known:
            yield ("events", index, "invocation_id"), "is a duplicate"
    for invocation_id in expected:
        yield ("events",), f"has no INVOCATION_RECORDED event of {invocation_id}"


def find_lost_invocations(run: Run) -> list[str]:
    """The invocations that an attempt or an event names and the run does not have: a repair may have lost them."""
    named = [event.data.get("invocation_id") for event in run.events if event.type == EventType.INVOCATION_RECORDED]
    named += [each for gate in run.gates for attempt in gate.attempts for each in attempt.invocation_ids]
    known = set(run.invocations.column("invocation_id"))
    return [str(each) for each in dict.fromkeys(named) if each not in known]


def _find_index_violations(run: Run) -> Iterator[Violation]:
    """Each path has the hash that the last finished attempt recorded for it."""
    newest: dict[str, dict[str, str]] = {}
    for gate in run.gates:
        for attempt in gate.attempts:
            for path, sha256 in attempt.artifact_hashes if not attempt.is_open else ():
                times = newest.setdefault(path, {})
                times[sha256] = max(times.get(sha256, ""), attempt.finished_at or "")
    for index, entry in enumerate(run.artifacts_index):
        times = newest.pop(entry.resolved_path or entry.path, {})
        if times.get(entry.sha256, "") < max(times.values(), default="-"):
            rule = "differs from the attempt that recorded it last" if times else "was recorded by no attempt"
            yield ("artifacts_index", index, "sha256" if times else "resolved_path"), rule
    for path in newest:
        yield ("artifacts_index",), f"has no entry for {path}"


def _find_pin_violations(run: Run) -> Iterator[Violation]:
    """A gate passes by the contract that is pinned, if one is: one that was accepted replaces the pin."""
    pinned = dict(run.pins.contracts) if run.pins else {}
    for gate in run.gates:
        sha256 = pinned.pop(gate.gate, None)
        judged_by = gate.attempts[-1].contract_sha256 if gate.has_passed else None
        if judged_by and sha256 not in (None, judged_by):
            yield ("pins", "contracts", gate.gate), f"is not the contract of attempt {gate.attempts[-1].number}"
    for gate_id in pinned:
        yield ("pins", "contracts", gate_id), "is of a gate that the run does not have"


def _find_status_violations(run: Run) -> Iterator[Violation]:
    failed = [(gate, attempt) for gate in run.gates for attempt in gate.attempts if attempt.status is GateStatus.FAIL]
    if any(attempt.blocking is None for _, attempt in failed):
        return  # records of orch 0.1.0 do not say which failures fail the run
    follows = replay_status(run, {(gate.gate, attempt.number) for gate, attempt in failed if attempt.blocking})
    if follows is not run.status:
        yield ("status",), f"is {run.status}, but by its events it is {follows}"
