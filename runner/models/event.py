"""The events of a run: what a record says has happened, and who makes each."""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, NamedTuple

from gate_tests.strict_json.fields import Fields
from runner.models.attempt import Attempt, Json
from runner.models.invocation import Invocation
from runner.models.rows import all_values, kinds, shapes
from runner.models.status import GateStatus


class Event(NamedTuple):
    """Something that happened. `data` is what belongs to its type."""

    timestamp: str
    type: str
    data: Mapping[str, Any]

    def to_json(self) -> Json:
        """`{timestamp, type, …}`."""
        return {"timestamp": self.timestamp, "type": self.type, **self.data}

    @classmethod
    def from_json(cls, fields: Fields) -> "Event":
        """The same, read."""
        return cls(fields.text("timestamp"), fields.text("type"), fields.rest(("timestamp", "type")))

    @staticmethod
    def are_sound(rows: Sequence[Json]) -> bool:
        """Whether all are rows as we write them, of plain values; of others nothing is said."""
        return (
            {shape[:2] for shape in shapes(rows)} == {("timestamp", "type")}
            and kinds(map(itemgetter("timestamp"), rows)) == kinds(map(itemgetter("type"), rows)) == {str}
            and kinds(all_values(rows)) <= {str, int, bool, type(None)}
        )


def run_started(at: str, workflow: str, slug: str) -> Event:
    """The run was created."""
    return Event(at, "RUN_STARTED", {"message": f"Run started: {workflow}/{slug}"})


def gate_started(gate: str, attempt: Attempt) -> Event:
    """The attempt was opened."""
    message = f"Gate {gate} attempt {attempt.number} started with agent {attempt.agent}"
    told = {"gate": gate, "attempt": attempt.number, "agent": attempt.agent, "message": message}
    return Event(attempt.started_at, "GATE_STARTED", told)


def forced(at: str, gate: str, reason: str, overridden: str) -> Event:
    """The attempt that is started next is started though its workflow forbids it."""
    return Event(at, "FORCED", {"gate": gate, "reason": reason, "message": f"Gate {gate} forced: {overridden}"})


def gate_closed(gate: str, attempt: Attempt) -> Event:
    """The attempt was finished, or closed as failed."""
    passed = attempt.status is GateStatus.PASS
    message = f"Gate {gate} passed" if passed else f"Gate {gate} failed: {attempt.failure_reason}"
    told = {"gate": gate, "attempt": attempt.number, "message": message}
    return Event(attempt.finished_at or attempt.started_at, "GATE_PASSED" if passed else "GATE_FAILED", told)


def invocation_recorded(at: str, invocation: Invocation) -> Event:
    """An agent's invocation was reported."""
    told = {"invocation_id": invocation.invocation_id, "gate": invocation.gate, "agent": invocation.agent}
    return Event(at, "INVOCATION_RECORDED", told)


def run_completed(at: str, status: str) -> Event:
    """The run was ended."""
    return Event(at, "RUN_COMPLETED", {"status": status, "message": f"Run completed: {status}"})


def run_resumed(at: str, before: str) -> Event:
    """A run that had failed or was ended goes on."""
    return Event(at, "RUN_RESUMED", {"message": f"Run resumed; it was {before}"})
