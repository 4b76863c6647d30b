"""What of a damaged RUN.json can still be read: its whole members, on both sides where git left a conflict.

Of a list that is cut off, the whole rows before the cut.
"""

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from gate_tests.document import Document
from gate_tests.errors import DamagedRecord
from gate_tests.fields import Fields
from gate_tests.names import Depth
from runner.attempt import Json
from runner.record import WorkflowRef

T = TypeVar("T")

_BLANK = re.compile(r"[ \t\n\r,:]*")
_DECODER = json.JSONDecoder()
_NOWHERE = Document.parse("RUN.json", b"{}")


@dataclass(frozen=True)
class Salvage:
    """The readable members: of the file, or of our side and of theirs. `cut` names a list that lost its end."""

    sides: tuple[Json, ...]
    cut: frozenset[str] = frozenset()

    @classmethod
    def of(cls, content: bytes) -> "Salvage":
        """Reads as far as it goes."""
        text = content.decode("utf-8", "replace").removeprefix("\ufeff")
        read = [_members(side) for side in _sides(text)]
        return cls(tuple(members for members, _ in read), frozenset(key for _, key in read if key))

    @property
    def workflow(self) -> WorkflowRef | None:
        """The workflow with its slug and artifact path, without which a run cannot be told."""
        return self.first(lambda members: WorkflowRef.from_json(members.object("workflow")))

    @property
    def depth(self) -> Depth | None:
        """The depth, without which it cannot either."""
        return self.first(lambda members: members.choice("depth", Depth))

    def first(self, parse: Callable[[Fields], T | None]) -> T | None:
        """What `parse` makes of the first side that it can read."""
        for side in self.sides:
            with contextlib.suppress(DamagedRecord):
                if (found := parse(Fields(_NOWHERE, side))) is not None:
                    return found
        return None

    def rows(self, key: str, parse: Callable[[Fields], T]) -> list[T]:
        """The readable rows of the list `key`, of all sides."""
        return [row for side in self.sides for row in readable_rows(side.get(key), parse)]


def readable_rows(values: Any, parse: Callable[[Fields], T]) -> list[T]:
    """What `parse` makes of those rows that it can read."""
    rows = []
    for value in values if isinstance(values, list) else []:
        with contextlib.suppress(DamagedRecord):
            rows.append(parse(Fields.of(Document("RUN.json", "{}", value, ""))))
    return rows


def _sides(text: str) -> tuple[str, ...]:
    """The text, or what it was before git put two into one."""
    sides: tuple[list[str], list[str]] = ([], [])
    at, conflict = {0, 1}, False
    for line in text.split("\n"):
        if line.startswith("<<<<<<< "):
            at, conflict = {0}, True
        elif conflict and line.startswith("||||||| "):
            at = set()
        elif conflict and line.rstrip("\r") == "=======":
            at = {1}
        elif conflict and line.startswith(">>>>>>> "):
            at = {0, 1}
        else:
            for side in at:
                sides[side].append(line)
    ours, theirs = ("\n".join(lines) for lines in sides)
    return (ours, theirs) if conflict else (text,)


def _members(text: str) -> tuple[Json, str | None]:
    """The members of the object up to where it ends or is no JSON any more, and the key of a list that is cut there."""
    members: Json = {}
    offset = _skip(text, 0)
    if not text.startswith("{", offset):
        return members, None
    offset += 1
    with contextlib.suppress(ValueError, RecursionError):
        while True:
            key, offset = _DECODER.raw_decode(text, _skip(text, offset))
            start = _skip(text, offset)
            try:
                value, offset = _DECODER.raw_decode(text, start)
            except (ValueError, RecursionError):
                if isinstance(key, str) and text.startswith("[", start):
                    return members | {key: _rows(text, start + 1)}, key
                raise
            if isinstance(key, str) and _is_whole(text, offset, value):
                members[key] = value
    return members, None


def _rows(text: str, offset: int) -> list[Any]:
    """The whole rows of a list, up to where it is cut off."""
    rows: list[Any] = []
    with contextlib.suppress(ValueError, RecursionError):
        while True:
            row, offset = _DECODER.raw_decode(text, _skip(text, offset))
            if _is_whole(text, offset, row):
                rows.append(row)
    return rows


def _is_whole(text: str, offset: int, value: Any) -> bool:
    """A number at the end of the text may have been longer. Raises ValueError for what cannot be written again."""
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
    return not isinstance(value, int | float) or offset < len(text)


def _skip(text: str, offset: int) -> int:
    match = _BLANK.match(text, offset)
    return match.end() if match else offset
