"""Lists what a repair loses, as far as that can be known, for the person who decides on it."""

from collections.abc import Iterator
from typing import Final

from gate_tests.strict_json.fields import Fields
from runner.models.event import EventType
from runner.models.gate import Gate
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.repair.events import count_lost_events, count_lost_invocations
from runner.repair.salvage import PartialRecord, parse_readable_rows

_REBUILT: Final = {
    "schema_version",
    "run_id",
    "status",
    "progress",
    "gates",
    "invocations",
    "artifacts_index",
    "events",
}
"""Members that are rebuilt from others, and lists whose rows are counted one by one."""


def describe_losses(run: Run, partial: PartialRecord) -> Iterator[str]:
    """What the rebuilt run lacks, in a few words each."""
    named = list(_lost_invocation_ids(run))
    for invocation_id, gate_id, number in named:
        yield f"invocation {invocation_id} of gate {gate_id}, attempt {number}"
    yield from _count_rows(_count_lost_gates(run, partial), "gates")
    yield from _count_rows(count_lost_invocations(partial) - len(named), "invocations")
    yield from _count_rows(count_lost_events(partial, run), "events")
    for gate in run.gates:
        if gate.open_attempt is None and _was_open(gate, partial):
            yield f"the open attempt of gate {gate.gate}"
    for key in sorted(partial.unreadable - _REBUILT):
        yield f"the value of {key}"
    for key in sorted(partial.unreadable_rows.keys() - _REBUILT):
        yield from _count_rows(partial.unreadable_rows[key], key)


def _lost_invocation_ids(run: Run) -> Iterator[tuple[str, str, int]]:
    """The invocations that attempts name and that have no row, each with its gate and attempt."""
    recorded = {invocation.invocation_id for invocation in run.invocations}
    for gate in run.gates:
        for attempt in gate.attempts:
            for invocation_id in attempt.invocation_ids:
                if invocation_id not in recorded:
                    yield invocation_id, gate.gate, attempt.number


def _count_lost_gates(run: Run, partial: PartialRecord) -> int:
    """How many gates are lost, not counting those rebuilt from the workflow or the files."""
    read = {gate for gate, _ in partial.parse_rows("gates", _name)}
    return partial.count_lost_rows("gates", _name) - sum(gate.gate not in read for gate in run.gates)


def _name(gate: Fields) -> tuple[str, str]:
    return gate.text("gate"), gate.text("name")


def _was_open(gate: Gate, partial: PartialRecord) -> bool:
    """Whether the status of the gate or an event shows that an attempt was open of which nothing else is known."""
    gates = partial.parse_rows("gates", lambda row: (row.text("gate"), row.choice("status", GateStatus)))
    if (gate.gate, GateStatus.RUNNING) in gates and not _closed_since(gate, partial):
        return True
    started = (EventType.GATE_STARTED, gate.gate, len(gate.attempts) + 1)
    events = partial.parse_rows("events", lambda row: tuple(row.value.get(key) for key in ("type", "gate", "attempt")))
    return started in events


def _closed_since(gate: Gate, partial: PartialRecord) -> bool:
    """Whether the attempt that is open in the record has been finished, by its file."""
    rows = partial.parse_rows("gates", lambda row: row.value.get("attempts") if row.text("gate") == gate.gate else None)
    opened = [
        number
        for attempts in rows
        for number, status in parse_readable_rows(attempts, lambda row: (row.number("attempt"), row.text("status")))
        if status == GateStatus.RUNNING
    ]
    return any(attempt.number in opened for attempt in gate.attempts)


def _count_rows(number: int, name: str) -> Iterator[str]:
    if number > 0:
        yield f"{number} {'row' if number == 1 else 'rows'} of {name}"
