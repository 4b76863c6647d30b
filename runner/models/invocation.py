"""The invocations of agents: the rows in `invocations` of RUN.json."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Final, NamedTuple

from gate_tests.strict_json.fields import NO_MEMBERS, Fields
from runner.models.attempt import Json
from runner.models.rows import collect_key_orders, collect_types
from runner.models.usage import Usage


class InvocationStatus(StrEnum):
    """Whether an agent's invocation succeeded."""

    SUCCESS = "SUCCESS"
    FAIL = "FAIL"


class Ended(StrEnum):
    """How the program of an agent ended."""

    EXITED = "exited"
    TIMED_OUT = "timed_out"
    OUTPUT_LIMIT = "output_limit"
    INTERRUPTED = "interrupted"
    NOT_STARTED = "not_started"


_DESCRIPTIONS: Final = {
    Ended.TIMED_OUT: "timed out",
    Ended.OUTPUT_LIMIT: "printed too much and was killed",
    Ended.INTERRUPTED: "was interrupted",
    Ended.NOT_STARTED: "could not be started",
}


class ProgramEnd(NamedTuple):
    """How the program of an agent ended, as `orch` saw it.

    `program` is its name, without the directory of a machine. `exit_code` is that of a shell: 137 after signal 9; None
    where it did not exit by itself, or the system kept none. `log` is the file with its output, relative to the root,
    None where that was not kept.
    """

    program: str
    ended: Ended
    exit_code: int | None = None
    log: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the program exited with 0."""
        return self.ended is Ended.EXITED and self.exit_code == 0


def invocation_log(invocation_id: str) -> str:
    """The name of the file with the output of an invocation's program, below the run's `logs/`."""
    return f"invocations/{invocation_id}.log"


class Invocation(NamedTuple):
    """One call of an agent, as it was reported. `duration_ms` is None if it was not measured.

    `program`, `exit_code`, `ended` and `log` as in ProgramEnd; `ended` is None where `orch` did not run the program.
    `odd_keys` are those that its row lacked, or had besides; `orch` writes none such.
    """

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
    program: str | None = None
    exit_code: int | None = None
    ended: Ended | None = None
    log: str | None = None
    usage: Usage | None = None
    odd_keys: tuple[str, ...] = ()
    extra: Mapping[str, Any] = NO_MEMBERS
    """The members that we do not know."""

    @property
    def end(self) -> ProgramEnd | None:
        """How its program ended; None where `orch` did not run it."""
        return ProgramEnd(self.program or "", self.ended, self.exit_code, self.log) if self.ended else None

    def describe_end(self) -> str:
        """How it ended, in words: `exit code 3`, `timed out`; its status where `orch` did not run the program."""
        if self.ended is None:
            return str(self.status)
        if self.ended is Ended.EXITED:
            return "exit code unknown" if self.exit_code is None else f"exit code {self.exit_code}"
        return _DESCRIPTIONS[self.ended]

    def to_json(self) -> Json:
        """The row in `invocations`."""
        row: Json = {
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
        if self.ended:
            row |= {
                "program": self.program,
                "exit_code": self.exit_code,
                "ended": str(self.ended),
                "log": self.log,
            }
        return row | ({"usage": self.usage.to_json()} if self.usage else {}) | dict(self.extra)

    @classmethod
    def from_json(cls, fields: Fields) -> "Invocation":
        """Parse such a row. Raises DamagedRecord."""
        usage = fields.optional_object("usage")
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
            program=fields.optional_text("program"),
            exit_code=fields.optional_number("exit_code"),
            ended=fields.choice("ended", Ended) if "ended" in fields else None,
            log=fields.optional_text("log"),
            usage=Usage.from_json(usage) if usage else None,
            odd_keys=_find_odd_keys(fields.value),
            extra=fields.rest(_TYPES),
        )

    @classmethod
    def from_row(cls, row: Json) -> "Invocation":
        """Parse a row that is well formed."""
        return cls(**{
            **row,
            "status": InvocationStatus(row["status"]),
            "input_refs": (),
            "output_refs": (),
            "ended": Ended(row["ended"]) if "ended" in row else None,
            "usage": Usage(**row["usage"]) if "usage" in row else None,
        })  # fmt: skip

    @staticmethod
    def are_well_formed(rows: Sequence[Json]) -> bool:
        """Whether all rows are certainly valid, being as we write them and without refs; False proves nothing."""
        orders = collect_key_orders(rows)
        if orders == {_REPORTED_KEYS}:
            return _are_well_typed(rows, _REPORTED_KEYS)
        return orders <= _KEY_ORDERS and all(
            _are_well_typed([row for row in rows if tuple(row) == keys], keys) for keys in orders
        )


def _find_odd_keys(row: Mapping[str, Any]) -> tuple[str, ...]:
    observed = _OBSERVED if not _OBSERVED.keys().isdisjoint(row) else {}
    return tuple(sorted({*_REPORTED, *observed, "usage"}.symmetric_difference((*row, "usage"))))


def _are_well_typed(rows: Sequence[Json], keys: tuple[str, ...]) -> bool:
    """Whether the values of these rows, which have the same keys, are valid."""
    columns = dict(zip(keys, zip(*map(dict.values, rows), strict=True), strict=True))
    return (
        all(collect_types(columns[key]) <= _TYPES[key] for key in keys)
        and set(columns["status"]) <= set(InvocationStatus)
        and set(columns.get("ended", ())) <= set(Ended)
        and Usage.are_well_formed(columns.get("usage", ()))
        and not any(columns["input_refs"])
        and not any(columns["output_refs"])
    )


_TEXT: Final[set[type]] = {str}
_NULL: Final[set[type]] = {type(None)}
_NUMBER: Final[set[type]] = {int}
_REPORTED: Final[Mapping[str, set[type]]] = {
    "invocation_id": _TEXT,
    "gate": _TEXT,
    "agent": _TEXT,
    "model": _TEXT,
    "started_at": _TEXT,
    "finished_at": _TEXT | _NULL,
    "duration_ms": _NUMBER | _NULL,
    "status": _TEXT,
    "input_refs": {list},
    "output_refs": {list},
}
_OBSERVED: Final[Mapping[str, set[type]]] = {
    "program": _TEXT,
    "exit_code": _NUMBER | _NULL,
    "ended": _TEXT,
    "log": _TEXT | _NULL,
}
_TYPES: Final[Mapping[str, set[type]]] = {**_REPORTED, **_OBSERVED, "usage": {dict}}
_REPORTED_KEYS: Final = tuple(_REPORTED)
_KEY_ORDERS: Final = {
    (*reported, *usage) for reported in (_REPORTED_KEYS, (*_REPORTED_KEYS, *_OBSERVED)) for usage in ((), ("usage",))
}
