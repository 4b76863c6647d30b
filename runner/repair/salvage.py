"""Parses what can still be read of a damaged RUN.json: its intact members, on both sides of a git conflict.

After a value that cannot be read, it continues at the next line that begins a member or a row, by the indentation of
records.
"""

import contextlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Final, TypeVar

from gate_tests.errors import DamagedRecord
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fields import Fields
from gate_tests.strict_json.positions import skip_separators
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import parse_depth
from runner.models.attempt import Json
from runner.models.run import OWN_KEYS, SCHEMA_VERSION, WorkflowRef

T = TypeVar("T")
Span = tuple[int, int]

NO_DOCUMENT: Final = Document.parse("RUN.json", b"{}")
"""The document of values whose location no message names."""

_DECODER: Final = json.JSONDecoder()
_FREE_CHARACTERS: Final = 4 << 20
_KEY: Final = r'("(?:[^"\\\n]|\\.)*")[ \t]*:[ \t]*'


@dataclass(frozen=True)
class PartialRecord:
    """The members that can be read: of the file, or of each side of a git conflict.

    `truncated` has the lists that may have had more rows, `unreadable` the other members whose value is lost,
    `unreadable_rows` how many rows of a list cannot be read. `is_intact` is false if anything is missing.
    """

    sides: tuple[Json, ...]
    truncated: frozenset[str] = frozenset()
    unreadable: frozenset[str] = frozenset()
    unreadable_rows: dict[str, int] = field(default_factory=dict)
    is_intact: bool = True

    @classmethod
    def parse(cls, content: bytes) -> "PartialRecord":
        """Parse as much as possible. Raises nothing."""
        text = content.decode("utf-8", "replace").removeprefix("\ufeff")
        sides = [_Side(side).read() for side in _sides(text)]
        return cls(
            sides=tuple(side.members for side in sides),
            truncated=frozenset().union(*(side.truncated for side in sides)),
            unreadable=frozenset().union(*(side.unreadable for side in sides)),
            unreadable_rows=_count_largest([side.unreadable_rows for side in sides]),
            is_intact=len(sides) == 1 and sides[0].is_intact,
        )

    @property
    def has_schema_version(self) -> bool:
        """Whether the record has a `schema_version`, or lost it: records of the original lack it, and other keys."""
        return not self.unreadable.union(*self.sides).isdisjoint(OWN_KEYS)

    @property
    def newer_version(self) -> int | None:
        """The `schema_version` that a newer version of orch wrote, on one side at least."""
        versions = (side.get("schema_version") for side in self.sides)
        return next((each for each in versions if isinstance(each, int) and each > SCHEMA_VERSION), None)

    @property
    def workflow(self) -> WorkflowRef | None:
        """The workflow with its slug and artifact path. Without it a record cannot be rebuilt."""
        return self.parse_first(lambda members: WorkflowRef.from_json(members.object("workflow")))

    @property
    def depth(self) -> Depth | None:
        """The depth. Without it a record cannot be rebuilt either."""
        return self.parse_first(parse_depth)

    def parse_first(self, parse: Callable[[Fields], T | None]) -> T | None:
        """The first result of `parse` on a side that is not None; None if it fails on each."""
        for side in self.sides:
            with contextlib.suppress(DamagedRecord):
                if (found := parse(Fields(NO_DOCUMENT, side))) is not None:
                    return found
        return None

    def parse_rows(self, key: str, parse: Callable[[Fields], T]) -> list[T]:
        """The rows of the list `key` that `parse` accepts, of all sides."""
        return [row for side in self.sides for row in parse_readable_rows(side.get(key), parse)]

    def count_lost_rows(self, key: str, parse: Callable[[Fields], T]) -> int:
        """How many rows of the list are known to be lost: unreadable, or not accepted by `parse`."""
        lists = [values for side in self.sides if isinstance(values := side.get(key), list)]
        unread = [len(values) - len(parse_readable_rows(values, parse)) for values in lists]
        return self.unreadable_rows.get(key, 0) + max(unread, default=0)


def _count_largest(counts: list[dict[str, int]]) -> dict[str, int]:
    return {key: max(each.get(key, 0) for each in counts) for key in chain.from_iterable(counts)}


def parse_readable_rows(values: Any, parse: Callable[[Fields], T]) -> list[T]:
    """The results of `parse` on the rows that it accepts."""
    rows = []
    for value in values if isinstance(values, list) else []:
        with contextlib.suppress(DamagedRecord):
            rows.append(parse(Fields.of(Document("RUN.json", value, b"{}"))))
    return rows


def _sides(text: str) -> tuple[str, ...]:
    """The text, or if it has conflict markers of git, the text of either side."""
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
    """The text of one side of a record, and what was read of it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.members: Json = {}
        self.truncated: set[str] = set()
        self.unreadable: set[str] = set()
        self.unreadable_rows: dict[str, int] = {}
        self.is_intact = True
        self.budget = _FREE_CHARACTERS + 16 * len(text)
        """How many characters may still be read without a result. A file can be made so that each line takes it."""

    def read(self) -> "_Side":
        start = skip_separators(self.text, 0)
        self.members, damaged, closed = self._object((start + self.text.startswith("{", start), len(self.text)), 2)
        self.is_intact = closed and not damaged
        for key, span in damaged.items():
            if self.text.startswith("[", span[0]):
                self.members[key] = self._list(key, span)
            else:
                self.unreadable.add(key)
        return self

    def _list(self, key: str, span: Span) -> list[Any]:
        """The rows of a damaged list; of a damaged gate, the members that can be read."""
        rows, closed = self._rows(span, 4)
        read = [self._gate(row) if key == "gates" and isinstance(row, _Unreadable) else row for row in rows]
        unreadable_rows = sum(isinstance(row, _Unreadable) for row in read)
        if unreadable_rows or not closed:
            self.truncated.add(key)
        self.unreadable_rows[key] = unreadable_rows
        return [row for row in read if not isinstance(row, _Unreadable)]

    def _gate(self, row: "_Unreadable") -> Any:
        start, end = row.span
        members, damaged, _ = self._object((start + 1, end), 6)
        if not {"gate", "name"} <= members.keys():
            return row
        if "attempts" in damaged:
            rows, _ = self._rows(damaged["attempts"], 8)
            members["attempts"] = [each for each in rows if not isinstance(each, _Unreadable)]
        return members

    def _object(self, span: Span, indent: int) -> tuple[Json, dict[str, Span], bool]:
        """The intact members, the spans of the other values, and whether the object is closed."""
        members: Json = {}
        damaged: dict[str, Span] = {}
        (offset, end), key, start = span, "", span[0]
        following = re.compile(rf"\n {{{indent}}}(?={_KEY})")
        while (offset := skip_separators(self.text, offset)) < end:
            if self.text[offset] == "}" and not following.search(self.text, offset, end):
                return members, damaged, True
            if named := self._key(offset):
                key, start = named
                value, offset = self._value(start, end, following)
                if isinstance(value, _Unreadable):
                    damaged[key] = value.span
                else:
                    members[key] = value
            else:  # a list may have seemed to be closed too early
                offset = self._next(following, offset, end)
                if isinstance(members.get(key), list):
                    del members[key]
                    damaged[key] = (start, offset)
        return members, damaged, False

    def _rows(self, span: Span, indent: int) -> tuple[list[Any], bool]:
        """The rows, including unreadable ones, and whether the list is closed."""
        rows: list[Any] = []
        offset, end = span[0] + 1, span[1]
        following = re.compile(rf"\n {{{indent}}}(?=\{{)")
        while (offset := skip_separators(self.text, offset)) < end:
            if self.text[offset] == "]" and not following.search(self.text, offset, end):
                return rows, True
            is_row = self.text[offset] == "{"
            row, offset = self._value(offset, end, following)
            if is_row or not isinstance(row, _Unreadable):
                rows.append(row)
        return rows, False

    def _key(self, offset: int) -> tuple[str, int] | None:
        """The key at `offset` and the offset of its value; None if there is no key."""
        named = re.compile(_KEY).match(self.text, offset)
        with contextlib.suppress(ValueError):
            return (json.loads(named[1]), named.end()) if named else None
        return None

    def _value(self, start: int, end: int, following: re.Pattern[str]) -> tuple[Any, int]:
        """The value at `start`, or its span if it is unreadable, and the offset to continue at."""
        try:
            if self.budget < 0:
                raise ValueError
            value, offset = _DECODER.raw_decode(self.text, start)
        except (ValueError, RecursionError) as error:
            self._charge(start, error)
            offset = self._next(following, start, end)
            return _Unreadable((start, offset)), offset
        if offset > end or not self._is_usable(value, offset):
            return _Unreadable((start, min(offset, end))), offset
        return value, offset

    def _charge(self, start: int, error: ValueError | RecursionError) -> None:
        """Charge for a value that could not be read: it was read up to there, and the lines before were counted."""
        stopped = error.pos if isinstance(error, json.JSONDecodeError) else len(self.text)
        self.budget -= stopped - start + stopped // 32

    def _next(self, following: re.Pattern[str], offset: int, end: int) -> int:
        found = following.search(self.text, offset, end)
        return found.end() if found else end

    def _is_usable(self, value: Any, offset: int) -> bool:
        """Neither a number at the end of the text, which may be truncated, nor a value that cannot be encoded."""
        try:
            json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        except (ValueError, RecursionError):
            return False
        return not isinstance(value, int | float) or offset < len(self.text)


@dataclass(frozen=True)
class _Unreadable:
    """A value that cannot be read."""

    span: Span
