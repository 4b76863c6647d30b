"""Parses strict JSON: what `json` accepts and the standard does not is an error, with its place."""

import codecs
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from math import isinf
from typing import Any, Final

from gate_tests.strict_json.positions import find_ends, find_line, iterate_children, skip_separators
from gate_tests.strict_json.unreadable import Mistake, UnreadableDocument

# Compiled where an error needs them.
_STRING: Final = r'"(?:[^"\\]++|\\.)*+"'
_CONSTANT: Final = r"-?Infinity|NaN"
_NUMBER: Final = r"-?\d[\d.eE+-]*"
_SURROGATE: Final = r"\\u[dD][89a-fA-F]"
_CONFLICT_MARKER: Final = r"(?m)^(?:<{7} |={7}\r?$|>{7} )"
_ORJSON_FROM_BYTES: Final = 1_000_000
"""From this size on orjson pays: importing it takes 4 ms, but it parses and verifies 5 MB in 22 ms instead of 34.

Where it has been imported, because many files will be read, it pays for each.
"""
_MAX_SEARCHED_CHARACTERS: Final = 1_000_000
"""In a larger document only what the parser stopped at or noted is searched for: to read each of its tokens takes a
second for each megabyte."""
_MAX_NAME_CHARACTERS: Final = 60


def parse_json(path: str, content: bytes, parse_float: Callable[[str], float]) -> Any:
    """The data of UTF-8 JSON; a byte order mark is dropped. Raises UnreadableDocument, with `path` for its message.

    `parse_float` makes a float of its literal, unless it is just how we would serialize it.
    """
    is_worthwhile = len(content) >= _ORJSON_FROM_BYTES or sys.modules.get("orjson")
    if is_worthwhile and (data := _parse_canonical(content)) is not None:
        return data
    try:
        text = decode(content)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"is not UTF-8 (byte 0x{content[error.start]:02x})"
        raise UnreadableDocument(path, "is UTF-16; expected UTF-8" if _is_utf_16(content) else byte, line) from None
    if not text or text.isspace():
        raise UnreadableDocument(path, "is empty; expected a JSON object")
    return _parse_strictly(path, text, parse_float)


def decode(content: bytes) -> str:
    """The text without a byte order mark. Raises UnicodeDecodeError."""
    return content.decode("utf-8").removeprefix("\ufeff")


def _is_utf_16(content: bytes) -> bool:
    return content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def _parse_canonical(content: bytes) -> Any:
    """Parse a file if its bytes are exactly how we serialize its data; else None.

    Such a file has no duplicate keys or non-standard numbers, so it needs no strict parsing.
    """
    from orjson import OPT_APPEND_NEWLINE, OPT_INDENT_2, JSONDecodeError, JSONEncodeError, dumps, loads

    try:
        data = loads(content)
        return data if dumps(data, option=OPT_INDENT_2 | OPT_APPEND_NEWLINE) == content else None
    except (JSONDecodeError, JSONEncodeError, SystemError):  # SystemError: how it fails when out of memory
        return None


def _parse_strictly(path: str, text: str, parse_float: Callable[[str], float]) -> Any:
    lax = _LaxityDetector(parse_float)
    try:
        data = json.loads(text, object_pairs_hook=lax.members, parse_constant=lax.constant, parse_float=lax.number)
    except json.JSONDecodeError as error:
        if conflict := re.search(_CONFLICT_MARKER, text):
            raise UnreadableDocument(path, "contains git conflict markers", find_line(text, conflict.start())) from None
        raise _find_mistake(path, text, error) from None
    except RecursionError:
        raise UnreadableDocument(path, "is nested too deeply") from None
    except ValueError:
        raise _find_long_integer(path, text) from None
    if lax.found:
        is_searched = len(text) <= _MAX_SEARCHED_CHARACTERS
        raise _find_first_laxity(path, text) if is_searched else _find_literal(path, text, lax)
    if "\\u" in text and (escaped := re.search(_SURROGATE, text)):
        _check_surrogates(path, data, find_line(text, escaped.start()))
    return data


def _find_mistake(path: str, text: str, error: json.JSONDecodeError) -> UnreadableDocument:
    """The error for the first mistake in the text, in which `json` found one."""
    from gate_tests.strict_json.mistakes import find_mistake  # imported only for an error

    valid_until = 0 if len(text) <= _MAX_SEARCHED_CHARACTERS else error.pos
    reason, offset = find_mistake(text, valid_until) or Mistake(error.msg, error.pos)
    return _error_at(path, text, f"invalid JSON: {reason}", offset)


def _error_at(path: str, text: str, reason: str, offset: int) -> UnreadableDocument:
    """The error for what has to be corrected at this character."""
    line, column = find_line(text, offset), offset - text.rfind("\n", 0, offset)
    return UnreadableDocument(path, f"{reason} (column {column})", line)


def _find_long_integer(path: str, text: str) -> UnreadableDocument:
    """The error for an integer that Python refuses to read, for that would take quadratic time."""
    digits = sys.get_int_max_str_digits()
    found = (each for each in re.finditer(rf"{_STRING}|-?\d{{{digits + 1},}}", text) if each[0][0] != '"')
    line = next((find_line(text, each.start()) for each in found), None)
    return UnreadableDocument(path, f"contains an integer of more than {digits} digits", line)


def _check_surrogates(path: str, data: Any, line: int) -> None:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise UnreadableDocument(path, "contains half of a surrogate pair, which is not text", line) from None
    except RecursionError:
        raise UnreadableDocument(path, "is nested too deeply") from None


class _LaxityDetector:
    """Detects what `json` accepts and we do not: duplicate keys, NaN, numbers that overflow.

    `found` describes the first one; `literal` is how it is written, empty for a key.
    """

    found = ""
    literal = ""

    def __init__(self, parse_float: Callable[[str], float]) -> None:
        self._parse_float = parse_float

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) < len(pairs) and not self.found:
            ((key, _),) = Counter(key for key, _ in pairs).most_common(1)
            self.found = _describe_duplicate(key)
        return members

    def constant(self, name: str) -> float:
        self._note(_describe_constant(name), name)
        return float(name)

    def number(self, literal: str) -> float:
        number = self._parse_float(literal)
        if isinf(number):
            self._note(_describe_overflow(literal), literal)
        return number

    def _note(self, found: str, literal: str) -> None:
        if not self.found:
            self.found, self.literal = found, literal


def _describe_duplicate(key: str | int) -> str:
    return f"duplicate key {_truncate(str(key))!r}"


def _describe_constant(name: str) -> str:
    return f"invalid JSON: {name} is not JSON; write null or a number"


def _describe_overflow(literal: str) -> str:
    return f"number {_truncate(literal)} is too large"


def _truncate(text: str) -> str:
    return text if len(text) <= _MAX_NAME_CHARACTERS else f"{text[: _MAX_NAME_CHARACTERS - 1]}…"


def _find_first_laxity(path: str, text: str) -> UnreadableDocument:
    """The error for the first duplicate key or non-standard number in the file."""
    pending, ends = [skip_separators(text, 0)], find_ends(text)
    constants, numbers = re.compile(_CONSTANT), re.compile(_NUMBER)
    while pending:
        offset = pending.pop()
        if constant := constants.match(text, offset):
            return _error_at(path, text, _describe_constant(constant[0]), offset)
        if (number := numbers.match(text, offset)) and isinf(float(number[0])):
            return _error_at(path, text, _describe_overflow(number[0]), offset)
        seen: dict[str | int, int] = {}
        for key, start in iterate_children(text, offset, ends):
            if key in seen:
                reason = f"{_describe_duplicate(key)} (first on line {find_line(text, seen[key])})"
                return UnreadableDocument(path, reason, find_line(text, start))
            seen[key] = start
        pending += reversed(seen.values())
    raise AssertionError("what the parser noted was not found again")


def _find_literal(path: str, text: str, lax: _LaxityDetector) -> UnreadableDocument:
    """The error for what was detected, with its place if it is a literal."""
    if not lax.literal:
        return UnreadableDocument(path, lax.found)
    tokens = re.finditer(rf"{_STRING}|(?<![\w.+-]){re.escape(lax.literal)}(?![\w.+-])", text)
    return _error_at(path, text, lax.found, next(each.start() for each in tokens if not each[0].startswith('"')))
