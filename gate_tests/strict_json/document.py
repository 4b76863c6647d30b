"""Strict JSON that knows on which line each of its values stands.

`json` keeps no positions. They are wanted only where something is wrong or shown, so they are found then, by
walking the text again with `JSONDecoder.raw_decode` as the step over each value.
"""

import errno
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from math import isinf
from pathlib import Path
from typing import Any, Final

from gate_tests.files.regular_file import NotRegularFile, read_regular_file

JsonPath = tuple[str | int, ...]

_BLANK: Final = re.compile(r"[ \t\n\r,:]*")
_CONSTANT: Final = re.compile(r"-?Infinity|NaN")
_NUMBER: Final = re.compile(r"-?\d[\d.eE+-]*")
_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_CONFLICT: Final = re.compile(r"^(?:<{7} |={7}\r?$|>{7} )", re.MULTILINE)
_STEP: Final = json.JSONDecoder()
_LARGE: Final = 1_000_000
"""Bytes from which on orjson pays: importing it takes 4 ms, and 5 MB are read and proven in 22 ms instead of 34."""
_NO_FILE: Final = frozenset((errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ENXIO))
"""What the system says of a path at which there can be no file; of another fault the file is not to blame."""


class UnreadableDocument(Exception):
    """A file that is no strict JSON document; `reason` says why, `line` is None where no line is to blame."""

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")


class WithheldDocument(UnreadableDocument):
    """A file that the system did not let us read, for want of a right, a descriptor, a sound disk."""


@dataclass(frozen=True)
class Document:
    """One parsed JSON file. `path` is as people should see it: relative to the root, POSIX style."""

    path: str
    data: Any
    content: bytes = field(repr=False)
    _children: dict[int, dict[str | int, int]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, root: Path, path: str, known: "Document | None" = None) -> "Document":
        """Read `root/path`; `known` itself where no byte has changed. Raises FileNotFoundError, UnreadableDocument."""
        try:
            content = read_regular_file(root / path)
            return known if known and known.content == content else cls.parse(path, content)
        except FileNotFoundError:
            raise
        except NotRegularFile as error:
            raise UnreadableDocument(path, f"{error.strerror}; a JSON file is wanted") from None
        except OSError as error:
            kind = UnreadableDocument if error.errno in _NO_FILE else WithheldDocument
            raise kind(path, f"cannot be read: {error.strerror}") from None

    @classmethod
    def parse(cls, path: str, content: bytes) -> "Document":
        """Parse UTF-8 JSON; a byte order mark is dropped. Raises UnreadableDocument."""
        if len(content) >= _LARGE and (data := _parse_as_written(content)) is not None:
            return cls(path, data, content)
        try:
            text = _decode(content)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise UnreadableDocument(path, f"is not UTF-8 (byte 0x{content[error.start]:02x})", line) from None
        if not text or text.isspace():
            raise UnreadableDocument(path, "is empty; a JSON object is wanted")
        return cls(path, _parse_strictly(path, text), content)

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
    def text(self) -> str:
        """What the file says. Few ask, and a large record need not be in memory twice."""
        return _decode(self.content)

    @cached_property
    def sha256(self) -> str:
        """The hash of the file's bytes."""
        from hashlib import sha256  # takes 3 ms, and few hashes are wanted

        return sha256(self.content).hexdigest()

    @cached_property
    def _start_of_root(self) -> int:
        return skip_blank(self.text, 0)

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


def _decode(content: bytes) -> str:
    return content.decode("utf-8").removeprefix("\ufeff")


def _parse_as_written(content: bytes) -> Any:
    """What a large file holds, if it is byte for byte what is written of that, else None.

    Nothing that the strict parser refuses can be: a key that stands twice or a number too large is written otherwise.
    """
    from orjson import OPT_APPEND_NEWLINE, OPT_INDENT_2, JSONDecodeError, JSONEncodeError, dumps, loads

    try:
        data = loads(content)
        return data if dumps(data, option=OPT_INDENT_2 | OPT_APPEND_NEWLINE) == content else None
    except (JSONDecodeError, JSONEncodeError):
        return None


def _parse_strictly(path: str, text: str) -> Any:
    lax = _Laxities()
    try:
        data = json.loads(text, object_pairs_hook=lax.members, parse_constant=lax.constant, parse_float=lax.number)
    except json.JSONDecodeError as error:
        if conflict := _CONFLICT.search(text):
            raise UnreadableDocument(path, "holds git conflict markers", _line_of(text, conflict.start())) from None
        raise UnreadableDocument(path, f"is not JSON: {error.msg} (column {error.colno})", error.lineno) from None
    except RecursionError:
        raise UnreadableDocument(path, "is nested too deeply") from None
    except ValueError as error:
        raise UnreadableDocument(path, f"is not JSON: {error}") from None
    if lax.seen:
        raise _first_laxity(path, text)
    if escaped := _SURROGATE.search(text):
        _refuse_half_pairs(path, data, _line_of(text, escaped.start()))
    return data


def _refuse_half_pairs(path: str, data: Any, line: int) -> None:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise UnreadableDocument(path, "holds half a surrogate pair, which is no text", line) from None


class _Laxities:
    """Notes what `json` lets pass and we do not. Where it stands is found once the rest is known to be JSON."""

    seen = False

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        self.seen = self.seen or len(members) < len(pairs)
        return members

    def constant(self, name: str) -> float:
        self.seen = True
        return float(name)

    def number(self, literal: str) -> float:
        number = float(literal)
        self.seen = self.seen or isinf(number)
        return number


def _first_laxity(path: str, text: str) -> UnreadableDocument:
    """The first key that stands twice, or number that is none, in the order of the file."""
    pending = [skip_blank(text, 0)]
    while pending:
        offset = pending.pop()
        if constant := _CONSTANT.match(text, offset):
            return UnreadableDocument(path, f"{constant[0]} is not JSON", _line_of(text, offset))
        if (number := _NUMBER.match(text, offset)) and isinf(float(number[0])):
            return UnreadableDocument(path, f"{number[0]} is too large a number", _line_of(text, offset))
        seen: dict[str | int, int] = {}
        for key, start in _walk(text, offset):
            if key in seen:
                reason = f"the key {key!r} stands twice, first on line {_line_of(text, seen[key])}"
                return UnreadableDocument(path, reason, _line_of(text, start))
            seen[key] = start
        pending += reversed(seen.values())
    raise AssertionError("what the parser noted was not found again")


def _walk(text: str, offset: int) -> Iterator[tuple[str | int, int]]:
    """The keys of the object, or the indexes of the array, that begins at `offset`, each with its value's offset."""
    if text[offset] not in "{[":
        return
    is_object, index = text[offset] == "{", 0
    offset = skip_blank(text, offset + 1)
    while text[offset] not in "}]":
        key: str | int = index
        if is_object:
            key, offset = _STEP.raw_decode(text, offset)
            offset = skip_blank(text, offset)
        yield key, offset
        _, offset = _STEP.raw_decode(text, offset)
        offset, index = skip_blank(text, offset), index + 1


def skip_blank(text: str, offset: int) -> int:
    """Where the next thing begins: behind blanks, commas and colons."""
    match = _BLANK.match(text, offset)
    return match.end() if match else offset


def _line_of(text: str, offset: int) -> int:
    return text.count("\n", 0, max(offset, 0)) + 1
