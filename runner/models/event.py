"""The events of a run: one row in `events` of RUN.json for everything that happened, and a function that makes each."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gate_tests.strict_json.fields import Fields
from runner.models.attempt import Attempt, Json
from runner.models.invocation import Invocation
from runner.models.rows import collect_key_orders, collect_types, iter_values
from runner.models.status import GateStatus

if TYPE_CHECKING:
    from runner.models.rules import RuleChange


class EventType(StrEnum):
    """The types of events that we write."""

    RUN_STARTED = "RUN_STARTED"
    GATE_STARTED = "GATE_STARTED"
    GATE_PASSED = "GATE_PASSED"
    GATE_FAILED = "GATE_FAILED"
    FORCED = "FORCED"
    CONTRACT_ACCEPTED = "CONTRACT_ACCEPTED"
    INVOCATION_RECORDED = "INVOCATION_RECORDED"
    RUN_COMPLETED = "RUN_COMPLETED"
    RUN_RESUMED = "RUN_RESUMED"


_TYPES: Final[Mapping[str, EventType]] = {str(each): each for each in EventType}


class Event(NamedTuple):
    """Something that happened, with the data that belongs to its type. A record may have types that we do not know."""

    timestamp: str
    type: EventType | str
    data: Mapping[str, Any]

    def to_json(self) -> Json:
        """`{timestamp, type, …}`."""
        return {"timestamp": self.timestamp, "type": str(self.type), **self.data}

    @classmethod
    def from_json(cls, fields: Fields) -> "Event":
        """Parse `{timestamp, type, …}`. Raises DamagedRecord."""
        timestamp, kind = fields.text("timestamp"), fields.text("type")
        return cls(timestamp, _TYPES.get(kind, kind), fields.rest(("timestamp", "type")))

    @classmethod
    def from_row(cls, row: Json) -> "Event":
        """Parse a row that is well formed."""
        timestamp, kind, *_ = row.values()
        return cls(timestamp, _TYPES.get(kind, kind), {key: row[key] for key in tuple(row)[2:]})

    @staticmethod
    def are_well_formed(rows: Sequence[Json]) -> bool:
        """Whether all rows are certainly valid, being as we write them with plain values; False proves nothing."""
        return (
            {shape[:2] for shape in collect_key_orders(rows)} == {("timestamp", "type")}
            and collect_types(map(itemgetter("timestamp"), rows))
            == collect_types(map(itemgetter("type"), rows))
            == {str}
            and collect_types(iter_values(rows)) <= {str, int, bool, type(None)}
        )


def run_started(at: str, workflow: str, slug: str) -> Event:
    """The event of a run that was created."""
    return Event(at, EventType.RUN_STARTED, {"message": f"Run started: {workflow}/{slug}"})


def gate_started(gate: str, attempt: Attempt) -> Event:
    """The event of an attempt that was opened."""
    message = f"Gate {gate} attempt {attempt.number} started with agent {attempt.agent}"
    data = {"gate": gate, "attempt": attempt.number, "agent": attempt.agent, "message": message}
    return Event(attempt.started_at, EventType.GATE_STARTED, data)


def gate_forced(at: str, gate: str, reason: str, overridden: str) -> Event:
    """The event before an attempt that is started although the workflow forbids it."""
    return Event(at, EventType.FORCED, {"gate": gate, "reason": reason, "message": f"Gate {gate} forced: {overridden}"})


def contract_accepted(at: str, gate: str, attempt: int, change: "RuleChange") -> Event:
    """The event of a changed contract, workflow or schema that a person accepted for an attempt."""
    message = f"Gate {gate} attempt {attempt}: the change of {change.path} was accepted"
    data = {"gate": gate, "attempt": attempt, "path": change.path, "from": change.before, "to": change.after}
    return Event(at, EventType.CONTRACT_ACCEPTED, {**data, "message": message})


def gate_closed(gate: str, attempt: Attempt) -> Event:
    """The event of an attempt that was finished, or closed as failed."""
    passed = attempt.status is GateStatus.PASS
    message = f"Gate {gate} passed" if passed else f"Gate {gate} failed: {attempt.failure_reason}"
    data = {"gate": gate, "attempt": attempt.number, "message": message}
    kind = EventType.GATE_PASSED if passed else EventType.GATE_FAILED
    return Event(attempt.finished_at or attempt.started_at, kind, data)


def invocation_recorded(at: str, invocation: Invocation) -> Event:
    """The event of an agent's invocation that was reported."""
    data = {"invocation_id": invocation.invocation_id, "gate": invocation.gate, "agent": invocation.agent}
    return Event(at, EventType.INVOCATION_RECORDED, data)


def run_completed(at: str, status: str) -> Event:
    """The event of a run that was completed."""
    return Event(at, EventType.RUN_COMPLETED, {"status": status, "message": f"Run completed: {status}"})


def run_resumed(at: str, before: str) -> Event:
    """The event of a run that was reopened; `before` is the status it had."""
    return Event(at, EventType.RUN_RESUMED, {"message": f"Run resumed; it was {before}"})


def is_forced_start(events: Iterable[Event], gate_id: str, attempt: Attempt) -> bool:
    """Whether the attempt was started although the prerequisites of the workflow were not met."""
    return any(
        event.type == EventType.FORCED and event.data.get("gate") == gate_id and event.timestamp == attempt.started_at
        for event in events
    )
