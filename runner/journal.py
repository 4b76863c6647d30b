"""What gathers in a run's record as it goes on: invocations of agents, hashes of outputs, events."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from operator import itemgetter
from typing import Any, NamedTuple

from gate_tests.strict_json.fields import Fields
from runner.attempt import Json
from runner.rows import all_values, kinds, shapes


class InvocationStatus(StrEnum):
    """How an agent's invocation ended."""

    SUCCESS = "SUCCESS"
    FAIL = "FAIL"


class Invocation(NamedTuple):
    """One call of an agent, as it was reported. `duration_ms` in milliseconds, None where nobody measured it."""

    invocation_id: str
    gate: str
    agent: str
    model: str
    started_at: str
    finished_at: str | None
    duration_ms: int | None
    status: InvocationStatus
    input_refs: tuple[Any, ...] = ()
    output_refs: tuple[Any, ...] = ()

    def to_json(self) -> Json:
        """The row in `invocations`."""
        return {
            "invocation_id": self.invocation_id,
            "gate": self.gate,
            "agent": self.agent,
            "model": self.model,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "duration_ms": self.duration_ms,
            "status": str(self.status),
            "input_refs": list(self.input_refs),
            "output_refs": list(self.output_refs),
        }

    @classmethod
    def from_json(cls, fields: Fields) -> "Invocation":
        """The same, read."""
        return cls(
            invocation_id=fields.text("invocation_id"),
            gate=fields.text("gate"),
            agent=fields.text("agent"),
            model=fields.text("model"),
            started_at=fields.text("started_at"),
            finished_at=fields.optional_text("finished_at"),
            duration_ms=fields.optional_number("duration_ms"),
            status=fields.choice("status", InvocationStatus),
            input_refs=fields.items("input_refs"),
            output_refs=fields.items("output_refs"),
        )

    @staticmethod
    def are_sound(rows: Sequence[Json]) -> bool:
        """Whether all are rows as we write them, without refs; of others nothing is said."""
        if shapes(rows) != {tuple(_INVOCATION)}:
            return False
        columns = dict(zip(_INVOCATION, zip(*map(dict.values, rows), strict=True), strict=True))
        return (
            all(kinds(columns[key]) <= allowed for key, allowed in _INVOCATION.items())
            and set(columns["status"]) <= set(InvocationStatus)
            and not any(columns["input_refs"])
            and not any(columns["output_refs"])
        )


_TEXT: set[type] = {str}
_NULL: set[type] = {type(None)}
_INVOCATION: Mapping[str, set[type]] = {
    "invocation_id": _TEXT,
    "gate": _TEXT,
    "agent": _TEXT,
    "model": _TEXT,
    "started_at": _TEXT,
    "finished_at": _TEXT | _NULL,
    "duration_ms": {int} | _NULL,
    "status": _TEXT,
    "input_refs": {list},
    "output_refs": {list},
}


class IndexEntry(NamedTuple):
    """The newest recorded hash of an output of the run."""

    path: str
    resolved_path: str | None
    sha256: str
    gate: str
    recorded_at: str
    updated_at: str | None = None

    def to_json(self) -> Json:
        """The row in `artifacts_index`; what a row of the original lacks stays away."""
        row = {
            "path": self.path,
            "resolved_path": self.resolved_path,
            "sha256": self.sha256,
            "gate": self.gate,
            "recorded_at": self.recorded_at,
            "updated_at": self.updated_at,
        }
        return {key: value for key, value in row.items() if value is not None}

    @classmethod
    def from_json(cls, fields: Fields) -> "IndexEntry":
        """The same, read."""
        return cls(
            path=fields.text("path"),
            resolved_path=fields.optional_text("resolved_path"),
            sha256=fields.text("sha256"),
            gate=fields.text("gate"),
            recorded_at=fields.text("recorded_at"),
            updated_at=fields.optional_text("updated_at"),
        )

    @staticmethod
    def are_sound(rows: Sequence[Json]) -> bool:
        """Whether all are rows as we write them; of others nothing is said."""
        known = {(*_ENTRY[:1], *resolved, *_ENTRY[2:5], *updated) for resolved in _MAYBE for updated in _LATER}
        return shapes(rows) <= known and kinds(all_values(rows)) == _TEXT


_ENTRY = ("path", "resolved_path", "sha256", "gate", "recorded_at", "updated_at")
_MAYBE, _LATER = ((), _ENTRY[1:2]), ((), _ENTRY[5:])


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
            and kinds(map(itemgetter("timestamp"), rows)) == kinds(map(itemgetter("type"), rows)) == _TEXT
            and kinds(all_values(rows)) <= {str, int, bool, type(None)}
        )
