"""A record as its file has it: JSON with an indent of two, non-ASCII as it is, a final newline."""

import json
from itertools import chain
from typing import Any

_LARGE = 500
"""Members and items from which on orjson pays: importing it takes 4 ms, `json` needs 10 ms for each 1,000 rows."""

_LEAVES = {str, int, bool, type(None)}
_CONTAINERS = {dict, list}


class PlainRows(list[dict[str, Any]]):
    """Rows known to hold only strings, whole numbers, booleans and null."""


def encode(record: dict[str, Any]) -> bytes:
    """The bytes of the record's file. Raises ValueError for what is no JSON."""
    if _is_large(record) and is_plain(record):
        from orjson import OPT_APPEND_NEWLINE, OPT_INDENT_2, JSONEncodeError, dumps

        try:
            return dumps(record, option=OPT_INDENT_2 | OPT_APPEND_NEWLINE)
        except JSONEncodeError:
            pass  # numbers of more than 64 bits
    return (json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def is_plain(value: Any) -> bool:
    """Whether there is nothing in it that orjson would write otherwise than `json`: no fraction, NaN, or other type."""
    level = [value]
    while level:
        kinds = set(map(type, level))
        if not kinds <= _LEAVES | _CONTAINERS | {PlainRows}:
            return False
        objects = [each for each in level if type(each) is dict] if dict in kinds else []
        lists = [each for each in level if type(each) is list] if list in kinds else []
        if not {str}.issuperset(map(type, chain.from_iterable(objects))):
            return False
        level = _unlike_leaves(chain.from_iterable([*map(dict.values, objects), *lists]))
    return True


def _unlike_leaves(values: Any) -> list[Any]:
    return [value for value in values if type(value) not in _LEAVES]


def _is_large(record: dict[str, Any]) -> bool:
    """Whether it, one of its lists, or one of its attempts has many rows."""
    attempts = [attempt for gate in record.get("gates", ()) for attempt in gate["attempts"]]
    lists = [value for each in (record, *attempts) for value in each.values() if isinstance(value, list)]
    return sum(map(len, lists)) >= _LARGE
