"""What happened to a record between two of its versions that orch never does: it only adds to a record.

New attempts, invocations and events are no edits, nor is an open attempt that was finished.
"""

from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from runner.models.event import EventType
from runner.models.status import GateStatus, RunStatus
from runner.verification.changes.event_history import EventHistory, compare_events
from runner.verification.changes.json_difference import ABSENT, describe_difference, to_text
from runner.verification.changes.record_version import Json, RecordVersion
from runner.verification.changes.report import EditKind


class RecordEdit(NamedTuple):
    """An edit of RUN.json. `subject` names the part (`G1 attempt 2`; empty: the run), `change` says what differs."""

    kind: EditKind
    subject: str
    change: str
    gate: str | None = None
    attempt: int | None = None


_DERIVED: Final = ("status", "finished_at", "progress", "artifacts_index")
"""Members that orch writes again whenever something happens."""

_FIXED_OF_OPEN: Final = ("attempt", "started_at", "agent", "baseline")
"""Members that an attempt has from its start on."""


def compare_records(before: RecordVersion, after: RecordVersion) -> Iterator[RecordEdit]:
    """The edits that made `after` of `before`."""
    history = compare_events(before.events, after.events)
    yield from _compare_members(before, after)
    yield from _compare_pins(before.members.get("pins"), after.members.get("pins"), history)
    yield from _compare_gates(before, after)
    yield from _compare_attempts(before, after)
    yield from _compare_invocations(before, after)
    yield from (RecordEdit(EditKind(each.kind), each.subject, each.change) for each in history.edits)
    yield from _compare_derived(before, after, history)


def _compare_members(before: RecordVersion, after: RecordVersion) -> Iterator[RecordEdit]:
    """What a run has from its start on: its id, its workflow and context, its depth, its prompt."""
    for key in {**before.members, **after.members}:
        if key not in (*_DERIVED, "pins"):
            old, new = (version.members.get(key, ABSENT) for version in (before, after))
            if change := describe_difference(old, new, (key,)):
                yield RecordEdit(EditKind.EDITED, "", change)


def _compare_pins(before: Any, after: Any, history: EventHistory) -> Iterator[RecordEdit]:
    """A pin is only added, or replaced where a person accepted that."""
    accepted = {event.get("to") for event in history.added if event.get("type") == EventType.CONTRACT_ACCEPTED}
    old, new = _list_pins(before), _list_pins(after)
    for path, sha256 in old.items():
        if new.get(path) != sha256 and (new.get(path) is None or new[path] not in accepted):
            change = describe_difference(sha256, new.get(path, ABSENT), ("pins", *path)) or ""
            yield RecordEdit(EditKind.EDITED, "", f"{change}, without a CONTRACT_ACCEPTED event")


def _list_pins(pins: Any) -> dict[tuple[str, ...], Any]:
    if not isinstance(pins, dict):
        return {}
    contracts = pins.get("contracts")
    listed = contracts.items() if isinstance(contracts, dict) else ()
    return {("workflow",): pins.get("workflow"), **{("contracts", gate): sha256 for gate, sha256 in listed}}


def _compare_gates(before: RecordVersion, after: RecordVersion) -> Iterator[RecordEdit]:
    """The gates of a run are fixed at its start."""
    for gate in before.gates:
        if gate not in after.gates:
            yield RecordEdit(EditKind.DELETED, gate, "the gate", gate)
    for gate in after.gates:
        if gate not in before.gates:
            yield RecordEdit(EditKind.EDITED, gate, "the gate was added", gate)
        elif change := describe_difference(_drop_status(before.gates[gate]), _drop_status(after.gates[gate])):
            yield RecordEdit(EditKind.EDITED, gate, change, gate)
    if before.gates.keys() == after.gates.keys() and [*before.gates] != [*after.gates]:
        yield RecordEdit(EditKind.EDITED, "", "the order of the gates")


def _drop_status(gate: Json) -> Json:
    return {key: value for key, value in gate.items() if key != "status"}


def _compare_attempts(before: RecordVersion, after: RecordVersion) -> Iterator[RecordEdit]:
    for (gate, number), old in before.attempts.items():
        new, where = after.attempts.get((gate, number)), f"{gate} attempt {number}"
        if new is None:
            if gate in after.gates:
                yield RecordEdit(EditKind.DELETED, where, "", gate, number)
        elif change := _compare_attempt(old, new):
            yield RecordEdit(EditKind.EDITED, where, change, gate, number)


def _compare_attempt(before: Json, after: Json) -> str | None:
    """A finished attempt never changes; an open one keeps what it was started with, and its invocations."""
    if before.get("status") != GateStatus.RUNNING:
        return describe_difference(before, after)
    fixed: list[str] = [key for key in _FIXED_OF_OPEN if key in before]
    if before.get("context") is not None:
        fixed.append("context")
    old, new = (each.get("invocation_ids") for each in (before, after))
    if isinstance(old, list) and not (isinstance(new, list) and set(map(to_text, old)) <= set(map(to_text, new))):
        fixed.append("invocation_ids")
    old, new = ({key: each[key] for key in fixed if key in each} for each in (before, after))
    return describe_difference(old, new)


def _compare_invocations(before: RecordVersion, after: RecordVersion) -> Iterator[RecordEdit]:
    for invocation_id, old in before.invocations.items():
        new = after.invocations.get(invocation_id)
        if new is None:
            yield RecordEdit(EditKind.DELETED, f"invocation {invocation_id}", "")
        elif change := describe_difference(old, new):
            yield RecordEdit(EditKind.EDITED, f"invocation {invocation_id}", change)


def _compare_derived(before: RecordVersion, after: RecordVersion, history: EventHistory) -> Iterator[RecordEdit]:
    """What orch writes again when something happens: each change needs an event that explains it."""
    types = {event.get("type") for event in history.added}
    if before.members.get("finished_at") is not None and types and EventType.RUN_RESUMED not in types:
        kind = history.added[0].get("type")
        yield RecordEdit(EditKind.EDITED, "", f"went on ({kind}) after it was completed, without RUN_RESUMED")
    elif not history.edits:
        for key in _DERIVED:
            change = describe_difference(before.members.get(key, ABSENT), after.members.get(key, ABSENT), (key,))
            missing = change and _find_missing_event(key, before, after, history.added)
            if missing:
                yield RecordEdit(EditKind.EDITED, "", f"{change}, without {missing}")
        yield from _compare_statuses(before, after, {event.get("gate") for event in history.added})


def _compare_statuses(before: RecordVersion, after: RecordVersion, happened: Collection[Any]) -> Iterator[RecordEdit]:
    """The statuses of gates, but for those of which an event was added."""
    for gate, old in before.gates.items():
        new = after.gates.get(gate, old)
        change = describe_difference(old.get("status"), new.get("status"), ("status",))
        if change and gate not in happened:
            yield RecordEdit(EditKind.EDITED, gate, f"{change}, without an event", gate)


def _find_missing_event(key: str, before: RecordVersion, after: RecordVersion, added: tuple[Json, ...]) -> str | None:
    """The event that a change of this member lacks."""
    types = {event.get("type") for event in added}
    if not added:
        return "an event"
    if key == "status" and after.members.get(key) in (RunStatus.PASSED, RunStatus.CANCELED):
        return None if EventType.RUN_COMPLETED in types else EventType.RUN_COMPLETED
    if key == "finished_at":
        ends = EventType.RUN_RESUMED if after.members.get(key) is None else EventType.RUN_COMPLETED
        return None if ends in types else ends
    if key == "artifacts_index":
        gates = {gate for gate, _ in _list_index(before) ^ _list_index(after)}
        return None if gates <= {event.get("gate") for event in added} else "an event of its gate"
    return None


def _list_index(version: RecordVersion) -> set[tuple[Any, str]]:
    """(Gate, row) of each row of the index."""
    rows = version.members.get("artifacts_index")
    return (
        {(row.get("gate"), to_text(row)) for row in rows if isinstance(row, dict)} if isinstance(rows, list) else set()
    )
