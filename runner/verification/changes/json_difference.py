"""Finds where two JSON values differ: `1`, `1.0` and `true` are three values, and the order of keys is none."""

import json
from collections.abc import Mapping
from itertools import zip_longest
from typing import Any, Final

from gate_tests.sanitize import sanitize_line
from gate_tests.strict_json.document import JsonPath, format_json_path

ABSENT: Final = object()
_MAX_VALUE: Final = 80
"""Characters of a value in a message."""


def to_text(value: Any) -> str:
    """A text that two values share if they are equal."""
    return "" if value is ABSENT else json.dumps(value, sort_keys=True, ensure_ascii=False)


def describe_difference(before: Any, after: Any, path: JsonPath = ()) -> str | None:
    """The first difference, as `$.status "FAIL" → "PASS"`; None if there is none."""
    if to_text(before) == to_text(after):
        return None
    at, old, new = _find_first(before, after)
    where = format_json_path((*path, *at))
    if new is ABSENT:
        return f"{where} {_shorten(old)} removed"
    return f"{where} {_shorten(new)} added" if old is ABSENT else f"{where} {_shorten(old)} → {_shorten(new)}"


def _find_first(before: Any, after: Any) -> tuple[JsonPath, Any, Any]:
    for key, old, new in _list_members(before, after):
        if to_text(old) != to_text(new):
            path, *values = _find_first(old, new)
            return (key, *path), values[0], values[1]
    return (), before, after


def _list_members(before: Any, after: Any) -> list[tuple[str | int, Any, Any]]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return [(key, before.get(key, ABSENT), after.get(key, ABSENT)) for key in {**before, **after}]
    if isinstance(before, list) and isinstance(after, list):
        return [(index, *pair) for index, pair in enumerate(zip_longest(before, after, fillvalue=ABSENT))]
    return []


def _shorten(value: Any) -> str:
    return sanitize_line(json.dumps(value, ensure_ascii=False), _MAX_VALUE)
