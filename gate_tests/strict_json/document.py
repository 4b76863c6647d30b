"""Strict JSON documents that know the line of each value.

`json` keeps no positions. They are needed for messages only, so they are found on demand: the text is walked again, in
time that is proportional to its length, however deeply it is nested. One pass finds where each object and array ends;
`JSONDecoder.raw_decode` is the step over each other value.
"""

import errno
import json
import os
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import isinf
from pathlib import Path
from typing import Any, Final

from gate_tests.files.regular_file import FileTooLarge, NotRegularFile, read_regular_file

JsonPath = tuple[str | int, ...]

# Only the first is compiled here: the others are needed for an error.
_SEPARATORS: Final = re.compile(r"[ \t\n\r,:]*")
_TO_BRACKET: Final = r"""[^"{}\[\]]*+(?:"[^"\\]*+(?:\\.[^"\\]*+)*+"[^"{}\[\]]*+)*+[{}\[\]]"""
"""All up to the next bracket that is not part of a string."""
_STRING: Final = r'"(?:[^"\\]++|\\.)*+"'
_CONSTANT: Final = r"-?Infinity|NaN"
_NUMBER: Final = r"-?\d[\d.eE+-]*"
_SURROGATE: Final = r"\\u[dD][89a-fA-F]"
_CONFLICT_MARKER: Final = r"(?m)^(?:<{7} |={7}\r?$|>{7} )"
_DECODER: Final = json.JSONDecoder()
_ORJSON_FROM_BYTES: Final = 1_000_000
"""From this size on orjson pays: importing it takes 4 ms, but it parses and verifies 5 MB in 22 ms instead of 34."""
_MAX_SEARCHED_CHARACTERS: Final = 1_000_000
"""Of a larger document no line is searched for: that takes a second and much memory for each megabyte."""
_MAX_NAME_CHARACTERS: Final = 60
_NOT_A_FILE_ERRNOS: Final = frozenset((errno.ELOOP, errno.ENAMETOOLONG, errno.ENOTDIR, errno.ENXIO))
"""Errors that mean there can be no file at the path; others are not the fault of the file."""


class UnreadableDocument(Exception):
    """A file that is not a strict JSON document: `reason` says why, `line` is None if it applies to the whole file."""

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")


class InaccessibleDocument(UnreadableDocument):
    """A file that the system did not let us read: permissions, descriptors, I/O errors."""


@dataclass(frozen=True)
class Document:
    """A parsed JSON file. `path` is for messages: relative to the root, POSIX style."""

    path: str
    data: Any
    content: bytes = field(repr=False)
    _children: dict[int, dict[str | int, int]] = field(default_factory=dict, repr=False)

    @classmethod
    def read(cls, root: Path, path: str, cached: "Document | None" = None) -> "Document":
        """Read `root/path`, or return `cached` if no byte has changed. Raises FileNotFoundError, UnreadableDocument."""
        try:
            content = read_regular_file(root / path)
            return cached if cached and cached.content == content else cls.parse(path, content)
        except FileNotFoundError:
            raise
        except NotRegularFile as error:
            raise UnreadableDocument(path, f"{error.strerror}; a JSON file is wanted") from None
        except FileTooLarge as error:
            raise UnreadableDocument(path, str(error.strerror)) from None
        except MemoryError:
            raise InaccessibleDocument(path, f"cannot be read: {os.strerror(errno.ENOMEM)}") from None
        except OSError as error:
            error_type = UnreadableDocument if error.errno in _NOT_A_FILE_ERRNOS else InaccessibleDocument
            raise error_type(path, f"cannot be read: {error.strerror}") from None

    @classmethod
    def parse(cls, path: str, content: bytes, parse_float: Callable[[str], float] = float) -> "Document":
        """Parse UTF-8 JSON; a byte order mark is dropped. Raises UnreadableDocument.

        `parse_float` makes a float of its literal, unless it is just how we would serialize it.
        """
        if len(content) >= _ORJSON_FROM_BYTES and (data := _parse_canonical(content)) is not None:
            return cls(path, data, content)
        try:
            text = _decode(content)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise UnreadableDocument(path, f"is not UTF-8 (byte 0x{content[error.start]:02x})", line) from None
        if not text or text.isspace():
            raise UnreadableDocument(path, "is empty; a JSON object is wanted")
        return cls(path, _parse_strictly(path, text, parse_float), content)

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
        return f"{self.path}:{self.line(json_path)}: {format_json_path(json_path)}"

    @cached_property
    def text(self) -> str:
        """The decoded content. Not kept from parsing, so that a large record is not in memory twice."""
        return _decode(self.content)

    @cached_property
    def sha256(self) -> str:
        """The hash of the file's bytes."""
        from hashlib import sha256  # the import takes 3 ms, and few hashes are needed

        return sha256(self.content).hexdigest()

    @cached_property
    def _start_of_root(self) -> int:
        return skip_separators(self.text, 0)

    @cached_property
    def _ends(self) -> dict[int, int]:
        return _find_ends(self.text)

    @cached_property
    def _line_ends(self) -> list[int]:
        return [match.start() for match in re.finditer("\n", self.text)]

    def _line_at(self, offset: int) -> int:
        from bisect import bisect_left

        return bisect_left(self._line_ends, offset) + 1

    def _children_at(self, offset: int) -> dict[str | int, int]:
        if offset not in self._children:
            self._children[offset] = dict(_iterate_children(self.text, offset, self._ends))
        return self._children[offset]


def format_json_path(json_path: JsonPath) -> str:
    """Format a JSON path for messages, as in `$.validations[1].target`."""
    return "$" + "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in json_path)


def _decode(content: bytes) -> str:
    return content.decode("utf-8").removeprefix("\ufeff")


def _parse_canonical(content: bytes) -> Any:
    """Parse a large file if its bytes are exactly how we serialize its data; else None.

    Such a file has no duplicate keys or non-standard numbers, so it needs no strict parsing.
    """
    from orjson import OPT_APPEND_NEWLINE, OPT_INDENT_2, JSONDecodeError, JSONEncodeError, dumps, loads

    try:
        data = loads(content)
        return data if dumps(data, option=OPT_INDENT_2 | OPT_APPEND_NEWLINE) == content else None
    except (JSONDecodeError, JSONEncodeError, SystemError):  # SystemError: how it fails for want of memory
        return None


def _parse_strictly(path: str, text: str, parse_float: Callable[[str], float]) -> Any:
    lax = _LaxityDetector(parse_float)
    try:
        data = json.loads(text, object_pairs_hook=lax.members, parse_constant=lax.constant, parse_float=lax.number)
    except json.JSONDecodeError as error:
        if conflict := re.search(_CONFLICT_MARKER, text):
            raise UnreadableDocument(path, "holds git conflict markers", _find_line(text, conflict.start())) from None
        raise UnreadableDocument(path, f"is not JSON: {error.msg} (column {error.colno})", error.lineno) from None
    except RecursionError:
        raise UnreadableDocument(path, "is nested too deeply") from None
    except ValueError:
        raise _find_long_integer(path, text) from None
    if lax.found:
        is_searched = len(text) <= _MAX_SEARCHED_CHARACTERS
        raise _find_first_laxity(path, text) if is_searched else UnreadableDocument(path, lax.found)
    if "\\u" in text and (escaped := re.search(_SURROGATE, text)):
        _check_surrogates(path, data, _find_line(text, escaped.start()))
    return data


def _find_long_integer(path: str, text: str) -> UnreadableDocument:
    """The error for an integer that Python refuses to read, for that would take quadratic time."""
    digits = sys.get_int_max_str_digits()
    found = (each for each in re.finditer(rf"{_STRING}|-?\d{{{digits + 1},}}", text) if each[0][0] != '"')
    line = next((_find_line(text, each.start()) for each in found), None)
    return UnreadableDocument(path, f"holds an integer of more than {digits} digits", line)


def _check_surrogates(path: str, data: Any, line: int) -> None:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise UnreadableDocument(path, "holds half a surrogate pair, which is no text", line) from None
    except RecursionError:
        raise UnreadableDocument(path, "is nested too deeply") from None


class _LaxityDetector:
    """Detects what `json` accepts and we do not: duplicate keys, NaN, numbers that overflow. `found` describes one."""

    found = ""

    def __init__(self, parse_float: Callable[[str], float]) -> None:
        self._parse_float = parse_float

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs) and not self.found:
            ((key, _),) = Counter(key for key, _ in pairs).most_common(1)
            self.found = _describe_duplicate(key)
        return members

    def constant(self, name: str) -> float:
        self.found = self.found or _describe_constant(name)
        return float(name)

    def number(self, literal: str) -> float:
        number = self._parse_float(literal)
        if isinf(number):
            self.found = self.found or _describe_overflow(literal)
        return number


def _describe_duplicate(key: str | int) -> str:
    return f"the key {_truncate(str(key))!r} stands twice"


def _describe_constant(name: str) -> str:
    return f"{name} is not JSON"


def _describe_overflow(literal: str) -> str:
    return f"{_truncate(literal)} is too large a number"


def _truncate(text: str) -> str:
    return text if len(text) <= _MAX_NAME_CHARACTERS else f"{text[: _MAX_NAME_CHARACTERS - 1]}…"


def _find_first_laxity(path: str, text: str) -> UnreadableDocument:
    """The error for the first duplicate key or non-standard number in the file."""
    pending, ends = [skip_separators(text, 0)], _find_ends(text)
    constants, numbers = re.compile(_CONSTANT), re.compile(_NUMBER)
    while pending:
        offset = pending.pop()
        if constant := constants.match(text, offset):
            return UnreadableDocument(path, _describe_constant(constant[0]), _find_line(text, offset))
        if (number := numbers.match(text, offset)) and isinf(float(number[0])):
            return UnreadableDocument(path, _describe_overflow(number[0]), _find_line(text, offset))
        seen: dict[str | int, int] = {}
        for key, start in _iterate_children(text, offset, ends):
            if key in seen:
                reason = f"{_describe_duplicate(key)}, first on line {_find_line(text, seen[key])}"
                return UnreadableDocument(path, reason, _find_line(text, start))
            seen[key] = start
        pending += reversed(seen.values())
    raise AssertionError("what the parser noted was not found again")


def _find_ends(text: str) -> dict[int, int]:
    """The offset after each object and array of a valid document, by the offset of its beginning."""
    ends: dict[int, int] = {}
    begun: list[int] = []
    for match in re.finditer(_TO_BRACKET, text):
        if text[match.end() - 1] in "{[":
            begun.append(match.end() - 1)
        else:
            ends[begun.pop()] = match.end()
    return ends


def _iterate_children(text: str, offset: int, ends: Mapping[int, int]) -> Iterator[tuple[str | int, int]]:
    """The keys of the object, or indexes of the array, that begins at `offset`, each with the offset of its value.

    `ends` are those of all objects and arrays in the text.
    """
    if text[offset] not in "{[":
        return
    is_object, index = text[offset] == "{", 0
    offset = skip_separators(text, offset + 1)
    while text[offset] not in "}]":
        key: str | int = index
        if is_object:
            key, offset = _DECODER.raw_decode(text, offset)
            offset = skip_separators(text, offset)
        yield key, offset
        offset = ends.get(offset) or _DECODER.raw_decode(text, offset)[1]
        offset, index = skip_separators(text, offset), index + 1


def skip_separators(text: str, offset: int) -> int:
    """The offset of the next token after white space, commas and colons."""
    match = _SEPARATORS.match(text, offset)
    return match.end() if match else offset


def _find_line(text: str, offset: int) -> int:
    return text.count("\n", 0, max(offset, 0)) + 1
