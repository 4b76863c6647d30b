"""Strict JSON that knows on which line each of its values stands.

`json` keeps no positions. They are wanted only where something is wrong or shown, so they are found then, by
walking the text again with `JSONDecoder.raw_decode` as the step over each value.
"""

import json
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from math import isinf
from pathlib import Path
from typing import Any, NoReturn

JsonPath = tuple[str | int, ...]

_BLANK = re.compile(r"[ \t\n\r,:]*")
_STRICT = json.JSONDecoder()


class UnreadableDocument(Exception):
    """A file that is no strict JSON document; `reason` says why, `line` is None where no line is to blame."""

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")


@dataclass(frozen=True)
class Document:
    """One parsed JSON file. `path` is as people should see it: relative to the root, POSIX style."""

    path: str
    text: str
    data: Any
    sha256: str
    _children: dict[int, dict[str | int, int]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, root: Path, path: str) -> "Document":
        """Read `root/path`. Raises FileNotFoundError, else UnreadableDocument."""
        content = _read_regular_file(root, path)
        return cls.parse(path, content)

    @classmethod
    def parse(cls, path: str, content: bytes) -> "Document":
        """Parse UTF-8 JSON; a byte order mark is dropped. Raises UnreadableDocument."""
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise UnreadableDocument(path, f"is not UTF-8 (byte 0x{content[error.start]:02x})", line) from None
        if not text.strip():
            raise UnreadableDocument(path, "is empty; a JSON object is wanted")
        return cls(path, text, _parse_strictly(path, text), sha256(content).hexdigest())

    def line(self, json_path: JsonPath) -> int:
        """The line on which the value at `json_path`, or its nearest existing ancestor, begins."""
        offset = self._start_of_root
        for key in json_path:
            children = self._children_at(offset)
            if key not in children:
                break
            offset = children[key]
        return self._line_at(offset)

    def at(self, json_path: JsonPath) -> str:
        """`file:line: $.json.path`, the beginning of every message about a value."""
        return f"{self.path}:{self.line(json_path)}: {dotted(json_path)}"

    @cached_property
    def _start_of_root(self) -> int:
        return _skip(self.text, 0)

    @cached_property
    def _line_ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]

    def _line_at(self, offset: int) -> int:
        from bisect import bisect_left

        return bisect_left(self._line_ends, offset) + 1

    def _children_at(self, offset: int) -> dict[str | int, int]:
        if offset not in self._children:
            self._children[offset] = dict(_walk(self.text, offset))
        return self._children[offset]


def dotted(json_path: JsonPath) -> str:
    """`$.validations[1].target`: a JSON path as people write it."""
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in json_path)


def _read_regular_file(root: Path, path: str) -> bytes:
    try:
        descriptor = os.open(root / path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise UnreadableDocument(path, f"cannot be read: {error.strerror}") from None
    with os.fdopen(descriptor, "rb") as file:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            kind = "a folder" if stat.S_ISDIR(mode) else "a special file"
            raise UnreadableDocument(path, f"is {kind}; a JSON file is wanted")
        return file.read()


def _parse_strictly(path: str, text: str) -> Any:
    strict = _Strictness(path, text)
    try:
        return json.loads(
            text,
            object_pairs_hook=strict.members,
            parse_constant=strict.refuse_constant,
            parse_float=strict.finite,
        )
    except json.JSONDecodeError as error:
        raise UnreadableDocument(path, f"is not JSON: {error.msg} (column {error.colno})", error.lineno) from None
    except RecursionError:
        raise UnreadableDocument(path, "is nested too deeply") from None
    except ValueError as error:
        raise UnreadableDocument(path, f"is not JSON: {error}") from None


@dataclass(frozen=True)
class _Strictness:
    """What `json` lets pass and we do not."""

    path: str
    text: str

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs):
            raise _duplicate_key(self.path, self.text)
        return members

    def refuse_constant(self, name: str) -> NoReturn:
        raise UnreadableDocument(self.path, f"{name} is not JSON", _line_of(self.text, self.text.find(name)))

    def finite(self, number: str) -> float:
        if isinf(value := float(number)):
            line = _line_of(self.text, self.text.find(number))
            raise UnreadableDocument(self.path, f"{number} is too large a number", line)
        return value


def _duplicate_key(path: str, text: str) -> UnreadableDocument:
    pending = [_skip(text, 0)]
    while pending:
        seen: dict[str | int, int] = {}
        for key, offset in _walk(text, pending.pop()):
            if key in seen:
                first = _line_of(text, seen[key])
                return UnreadableDocument(
                    path, f"the key {key!r} stands twice, first on line {first}", _line_of(text, offset)
                )
            seen[key] = offset
            pending.append(offset)
    raise AssertionError("a duplicate key was seen by the parser and not found again")


def _walk(text: str, offset: int) -> Iterator[tuple[str | int, int]]:
    """The keys of the object, or the indexes of the array, that begins at `offset`, each with its value's offset."""
    if text[offset] not in "{[":
        return
    is_object, index = text[offset] == "{", 0
    offset = _skip(text, offset + 1)
    while text[offset] not in "}]":
        key: str | int = index
        if is_object:
            key, offset = _STRICT.raw_decode(text, offset)
            offset = _skip(text, offset)
        yield key, offset
        _, offset = _STRICT.raw_decode(text, offset)
        offset, index = _skip(text, offset), index + 1


def _skip(text: str, offset: int) -> int:
    match = _BLANK.match(text, offset)
    return match.end() if match else offset


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, max(offset, 0)) + 1
