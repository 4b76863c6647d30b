"""A version of RUN.json, as far as it can be read: neither side of a comparison need be a valid record."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument

Json = dict[str, Any]


class RecordVersion(NamedTuple):
    """The members of a record."""

    members: Json
    """All that are not named below."""
    gates: dict[str, Json]
    """By id, without their attempts."""
    attempts: dict[tuple[str, int], Json]
    """By gate and number."""
    invocations: dict[str, Json]
    """By id."""
    events: list[Json]

    @classmethod
    def parse(cls, path: str, content: bytes) -> "RecordVersion | None":
        """The record in the bytes of a RUN.json; None if they are no JSON object."""
        try:
            data = Document.parse(path, content).data
        except UnreadableDocument:
            return None
        return cls._read(data) if isinstance(data, dict) else None

    @classmethod
    def _read(cls, data: Json) -> "RecordVersion":
        gates = {str(gate.get("gate")): gate for gate in _list_objects(data, "gates")}
        named = ("gates", "invocations", "events")
        return cls(
            members={key: value for key, value in data.items() if key not in named},
            gates={name: {key: gate[key] for key in gate if key != "attempts"} for name, gate in gates.items()},
            attempts={
                (name, number): attempt for name, gate in gates.items() for number, attempt in _list_attempts(gate)
            },
            invocations={str(each.get("invocation_id")): each for each in _list_objects(data, "invocations")},
            events=list(_list_objects(data, "events")),
        )


def _list_attempts(gate: Json) -> Iterator[tuple[int, Json]]:
    for index, attempt in enumerate(_list_objects(gate, "attempts"), 1):
        number = attempt.get("attempt")
        yield number if type(number) is int else index, attempt


def _list_objects(data: Json, key: str) -> Iterator[Json]:
    rows = data.get(key)
    yield from (row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()
