"""Finds the value that makes a text no YAML and would be YAML in quotes, as in `title: Robots: a history`."""

import re
from typing import Final, NamedTuple

from gate_tests.parsers.yaml_events import NotYaml, iterate_events

_FIELD: Final = re.compile(r"((?:[ \t]|-[ \t])*+)([^\s:#][^:\n]*+):[ \t]++(?=[^\s#])")
_CLOSERS: Final = {"[": "]", "{": "}", '"': '"', "'": "'"}


class MissingQuotes(NamedTuple):
    """The value of `key` on `line`, counted from 0, is YAML only in quotes; `quoted` is the field with them."""

    line: int
    key: str
    quoted: str


def find_missing_quotes(text: str, error: NotYaml) -> MissingQuotes | None:
    """The value whose quotes would move the error that `text` has to a later line, or remove it."""
    lines = text.split("\n")
    for number in range(min(error.line, len(lines) - 1), max(error.line - 2, -1), -1):
        if (found := _quote_value(lines[number])) is None:
            continue
        indent, key, quoted = found
        changed = [*lines[:number], indent + quoted, *lines[number + 1 :]]
        if _find_error_line("\n".join(changed), len(lines)) > error.line:
            return MissingQuotes(number, key, quoted)
    return None


def _quote_value(line: str) -> tuple[str, str, str] | None:
    """The indent, the key and the quoted field of a line with an unquoted value."""
    field = _FIELD.match(line)
    if not field:
        return None
    value = line[field.end() :].partition(" #")[0].rstrip()
    closer = _CLOSERS.get(value[0])
    if value[0] in "|>" or (closer and closer not in value[1:]):
        return None  # a block, or a bracket or quotation mark that is not closed
    if closer == value[0] == value[-1]:
        value = value[1:-1]  # in quotes, with the same mark inside
    key = field[2].rstrip()
    quoted = f'"{value}"' if '"' not in value and "\\" not in value else "'" + value.replace("'", "''") + "'"
    return field[1], key, f"{key}: {quoted}"


def _find_error_line(text: str, otherwise: int) -> int:
    try:
        for _ in iterate_events(text):
            pass
    except NotYaml as error:
        return error.line
    return otherwise
