"""What of a damaged RUN.json can still be read: its whole members, on both sides where git left a conflict.

Behind what cannot be read it goes on at the next line that begins a member or a row, as records are indented.
"""

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from gate_tests.errors import DamagedRecord
from gate_tests.strict_json.document import Document, skip_blank
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import parse_depth
from runner.models.attempt import Json
from runner.models.run import WorkflowRef

T = TypeVar("T")
Span = tuple[int, int]

NO_DOCUMENT = Document.parse("RUN.json", b"{}")
"""Where values stand whose place nobody will be told."""

_DECODER = json.JSONDecoder()
_KEY = r'("(?:[^"\\\n]|\\.)*")[ \t]*:[ \t]*'


@dataclass(frozen=True)
class PartialRecord:
    """The readable members: of the file, or of our side and of theirs.

    `cut` names the lists that may have had more rows, `unreadable` the other members of which the value is lost,
    `broken` how many rows of a list cannot be read.
    """

    sides: tuple[Json, ...]
    cut: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    broken: dict[str, int] = field(default_factory=dict)
    whole: bool = True

    @classmethod
    def of(cls, content: bytes) -> "PartialRecord":
        """Reads as far as it goes."""
        text = content.decode("utf-8", "replace").removeprefix("\ufeff")
        sides = [_Side(side).read() for side in _sides(text)]
        return cls(
            sides=tuple(side.members for side in sides),
            cut=frozenset().union(*(side.cut for side in sides)),
            unreadable=frozenset().union(*(side.unreadable for side in sides)),
            broken={key: max(side.broken.get(key, 0) for side in sides) for side in sides for key in side.broken},
            whole=len(sides) == 1 and sides[0].whole,
        )

    @property
    def is_ours(self) -> bool:
        """Whether the record has a `schema_version`, as the original's have not."""
        return any("schema_version" in side for side in self.sides) or "schema_version" in self.unreadable

    @property
    def workflow(self) -> WorkflowRef | None:
        """The workflow with its slug and artifact path, without which a run cannot be told."""
        return self.first(lambda members: WorkflowRef.from_json(members.object("workflow")))

    @property
    def depth(self) -> Depth | None:
        """The depth, without which it cannot either."""
        return self.first(parse_depth)

    def first(self, parse: Callable[[Fields], T | None]) -> T | None:
        """What `parse` makes of the first side that it can read."""
        for side in self.sides:
            with contextlib.suppress(DamagedRecord):
                if (found := parse(Fields(NO_DOCUMENT, side))) is not None:
                    return found
        return None

    def rows(self, key: str, parse: Callable[[Fields], T]) -> list[T]:
        """The readable rows of the list `key`, of all sides."""
        return [row for side in self.sides for row in parse_readable_rows(side.get(key), parse)]

    def count_lost_rows(self, key: str, parse: Callable[[Fields], T]) -> int:
        """How many rows of the list are known to have stood there and are none that `parse` can read."""
        lists = [values for side in self.sides if isinstance(values := side.get(key), list)]
        unread = [len(values) - len(parse_readable_rows(values, parse)) for values in lists]
        return self.broken.get(key, 0) + max(unread, default=0)


def parse_readable_rows(values: Any, parse: Callable[[Fields], T]) -> list[T]:
    """What `parse` makes of those rows that it can read."""
    rows = []
    for value in values if isinstance(values, list) else []:
        with contextlib.suppress(DamagedRecord):
            rows.append(parse(Fields.of(Document("RUN.json", value, b"{}"))))
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


class _Side:
    """One text of a record and what was read of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.members: Json = {}
        self.cut: set[str] = set()
        self.unreadable: set[str] = set()
        self.broken: dict[str, int] = {}
        self.whole = True

    def read(self) -> "_Side":
        start = skip_blank(self.text, 0)
        self.members, damaged, closed = self._object((start + self.text.startswith("{", start), len(self.text)), 2)
        self.whole = closed and not damaged
        for key, span in damaged.items():
            if self.text.startswith("[", span[0]):
                self.members[key] = self._list(key, span)
            else:
                self.unreadable.add(key)
        return self

    def _list(self, key: str, span: Span) -> list[Any]:
        """The rows of a list that is damaged; of a gate whatever can be read of it."""
        rows, closed = self._rows(span, 4)
        told = [self._gate(row) if key == "gates" and isinstance(row, _Broken) else row for row in rows]
        broken = sum(isinstance(row, _Broken) for row in told)
        if broken or not closed:
            self.cut.add(key)
        self.broken[key] = broken
        return [row for row in told if not isinstance(row, _Broken)]

    def _gate(self, row: "_Broken") -> Any:
        start, end = row.span
        members, damaged, _ = self._object((start + 1, end), 6)
        if not {"gate", "name"} <= members.keys():
            return row
        if "attempts" in damaged:
            rows, _ = self._rows(damaged["attempts"], 8)
            members["attempts"] = [each for each in rows if not isinstance(each, _Broken)]
        return members

    def _object(self, span: Span, indent: int) -> tuple[Json, dict[str, Span], bool]:
        """The whole members, where the values stand of those that are not, and whether the object ends."""
        members: Json = {}
        damaged: dict[str, Span] = {}
        (offset, end), key, start = span, "", span[0]
        following = re.compile(rf"\n {{{indent}}}(?={_KEY})")
        while (offset := skip_blank(self.text, offset)) < end:
            if self.text[offset] == "}" and not following.search(self.text, offset, end):
                return members, damaged, True
            if named := self._key(offset):
                key, start = named
                value, offset = self._value(start, end, following)
                if isinstance(value, _Broken):
                    damaged[key] = value.span
                else:
                    members[key] = value
            else:  # a list may have seemed to end too early
                offset = self._next(following, offset, end)
                if isinstance(members.get(key), list):
                    del members[key]
                    damaged[key] = (start, offset)
        return members, damaged, False

    def _rows(self, span: Span, indent: int) -> tuple[list[Any], bool]:
        """The rows, those among them that are broken, and whether the list ends."""
        rows: list[Any] = []
        offset, end = span[0] + 1, span[1]
        following = re.compile(rf"\n {{{indent}}}(?=\{{)")
        while (offset := skip_blank(self.text, offset)) < end:
            if self.text[offset] == "]" and not following.search(self.text, offset, end):
                return rows, True
            is_row = self.text[offset] == "{"
            row, offset = self._value(offset, end, following)
            if is_row or not isinstance(row, _Broken):
                rows.append(row)
        return rows, False

    def _key(self, offset: int) -> tuple[str, int] | None:
        """The key that stands there, and where its value does."""
        named = re.compile(_KEY).match(self.text, offset)
        with contextlib.suppress(ValueError):
            return (json.loads(named[1]), named.end()) if named else None
        return None

    def _value(self, start: int, end: int, following: re.Pattern[str]) -> tuple[Any, int]:
        """The value that stands there, or where it is broken, and where to go on."""
        try:
            value, offset = _DECODER.raw_decode(self.text, start)
        except (ValueError, RecursionError):
            offset = self._next(following, start, end)
            return _Broken((start, offset)), offset
        if offset > end or not self._can_be_kept(value, offset):
            return _Broken((start, min(offset, end))), offset
        return value, offset

    def _next(self, following: re.Pattern[str], offset: int, end: int) -> int:
        found = following.search(self.text, offset, end)
        return found.end() if found else end

    def _can_be_kept(self, value: Any, offset: int) -> bool:
        """Not a number at the end of the text, which may have been longer, nor what cannot be written again."""
        try:
            json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError):
            return False
        return not isinstance(value, int | float) or offset < len(self.text)


@dataclass(frozen=True)
class _Broken:
    """A row that cannot be read."""

    span: Span
