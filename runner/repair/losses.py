"""What of a damaged record is lost, as far as that can be known: for the person who is asked to have it written."""

from collections.abc import Iterator

from gate_tests.strict_json.fields import Fields
from runner.models.event import EventType
from runner.models.run import Gate, Run
from runner.models.status import GateStatus
from runner.repair.events import count_lost_events, count_lost_invocations
from runner.repair.salvage import PartialRecord, parse_readable_rows

_TOLD_ANEW = {"schema_version", "run_id", "status", "progress", "gates", "invocations", "artifacts_index", "events"}
"""Members that follow from others, and lists, of which the rows are told."""


def losses(run: Run, salvage: PartialRecord) -> Iterator[str]:
    """What the run as it was rebuilt lacks, each in a few words."""
    named = list(_lost_ids(run))
    for invocation_id, gate_id, number in named:
        yield f"invocation {invocation_id} of gate {gate_id}, attempt {number}"
    yield from _rows(_lost_gates(run, salvage), "gates")
    yield from _rows(count_lost_invocations(salvage) - len(named), "invocations")
    yield from _rows(count_lost_events(salvage, run), "events")
    for gate in run.gates:
        if gate.open_attempt is None and _was_open(gate, salvage):
            yield f"an attempt of gate {gate.gate} that was open"
    for key in sorted(salvage.unreadable - _TOLD_ANEW):
        yield f"the value of {key}"
    for key in sorted(salvage.broken.keys() - _TOLD_ANEW):
        yield from _rows(salvage.broken[key], key)


def _lost_ids(run: Run) -> Iterator[tuple[str, str, int]]:
    """The invocations that attempts name and no row holds, each with its gate and attempt."""
    held = {invocation.invocation_id for invocation in run.invocations}
    for gate in run.gates:
        for attempt in gate.attempts:
            for invocation_id in attempt.invocation_ids:
                if invocation_id not in held:
                    yield invocation_id, gate.gate, attempt.number


def _lost_gates(run: Run, salvage: PartialRecord) -> int:
    """How many rows of gates cannot be read and were not made anew from the workflow or the files."""
    read = {gate for gate, _ in salvage.rows("gates", _name)}
    return salvage.count_lost_rows("gates", _name) - sum(gate.gate not in read for gate in run.gates)


def _name(gate: Fields) -> tuple[str, str]:
    return gate.text("gate"), gate.text("name")


def _was_open(gate: Gate, salvage: PartialRecord) -> bool:
    """Whether the record says, of the gate or in an event, that an attempt was begun of which nothing else is known."""
    gates = salvage.rows("gates", lambda row: (row.text("gate"), row.choice("status", GateStatus)))
    if (gate.gate, GateStatus.RUNNING) in gates and not _closed_since(gate, salvage):
        return True
    begun = (EventType.GATE_STARTED, gate.gate, len(gate.attempts) + 1)
    events = salvage.rows("events", lambda row: tuple(row.value.get(key) for key in ("type", "gate", "attempt")))
    return begun in events


def _closed_since(gate: Gate, salvage: PartialRecord) -> bool:
    """Whether the attempt that the record holds open has a file by now."""
    rows = salvage.rows("gates", lambda row: row.value.get("attempts") if row.text("gate") == gate.gate else None)
    opened = [
        number
        for attempts in rows
        for number, status in parse_readable_rows(attempts, lambda row: (row.number("attempt"), row.text("status")))
        if status == GateStatus.RUNNING
    ]
    return any(attempt.number in opened for attempt in gate.attempts)


def _rows(number: int, name: str) -> Iterator[str]:
    if number > 0:
        yield f"{number} {'row' if number == 1 else 'rows'} of {name}"
