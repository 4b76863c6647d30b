"""The invocations of agents: the rows in `invocations` of RUN.json."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from gate_tests.strict_json.fields import Fields
from runner.models.attempt import Json
from runner.models.rows import collect_key_orders, collect_types


class InvocationStatus(StrEnum):
    """How an agent's invocation ended."""

    SUCCESS = "SUCCESS"
    FAIL = "FAIL"


class Invocation(NamedTuple):
    """One call of an agent, as it was reported. `duration_ms` is None if it was not measured."""

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
        """Parse such a row. Raises DamagedRecord."""
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

    @classmethod
    def from_row(cls, row: Json) -> "Invocation":
        """Parse a row that is well formed."""
        return cls(**{**row, "status": InvocationStatus(row["status"]), "input_refs": (), "output_refs": ()})

    @staticmethod
    def are_well_formed(rows: Sequence[Json]) -> bool:
        """Whether all rows are certainly valid, being as we write them and without refs; False proves nothing."""
        if collect_key_orders(rows) != {tuple(_INVOCATION)}:
            return False
        columns = dict(zip(_INVOCATION, zip(*map(dict.values, rows), strict=True), strict=True))
        return (
            all(collect_types(columns[key]) <= allowed for key, allowed in _INVOCATION.items())
            and set(columns["status"]) <= set(InvocationStatus)
            and not any(columns["input_refs"])
            and not any(columns["output_refs"])
        )


_TEXT: Final[set[type]] = {str}
_NULL: Final[set[type]] = {type(None)}
_INVOCATION: Final[Mapping[str, set[type]]] = {
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
