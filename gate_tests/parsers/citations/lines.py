"""Reads the numbers of cited lines."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from gate_tests.parsers.citations.citation import Lines
from gate_tests.parsers.citations.grammar import FURTHER_LINES

_MAX_LINE_DIGITS: Final = 18
_LAST: Final = ("_sign", "_word", "_last")


class CitedLines(NamedTuple):
    """Lines, and what was written behind the path to cite them."""

    lines: Lines
    text: str


def read_lines(match: re.Match[str], text: str, groups: Sequence[str], start: int) -> list[CitedLines]:
    """The first lines, whose number is in one of these groups, and further ones in the group `more`, if it has one.

    The match is in the mapped `text`. What was written to cite the lines begins at `start`.
    """
    known = match.re.groupindex
    group = next(each for each in groups if match[each])
    last = next((match[group + suffix] for suffix in _LAST if group + suffix in known and match[group + suffix]), None)
    has_more = "more" in known and bool(match["more"])
    written = text[start : match.start("more") if has_more else match.end()]
    first = CitedLines(_make_lines(match[group], last), written)
    return [first, *(read_further_lines(match, text, "more") if has_more else ())]


def read_further_lines(match: re.Match[str], text: str, group: str) -> list[CitedLines]:
    """The lines in a list of them."""
    found = FURTHER_LINES.finditer(match.string, *match.span(group))
    return [
        CitedLines(
            _make_lines(each["first"], each["last_sign"] or each["last_word"]),
            f":{text[each.start() : each.end()].lstrip(':#L')}",
        )
        for each in found
    ]


def _make_lines(first: str, last: str | None) -> Lines:
    return _parse_number(first), _parse_number(last or first)


def _parse_number(digits: str) -> int:
    """The number, capped to avoid huge integers."""
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) < _MAX_LINE_DIGITS else 10**_MAX_LINE_DIGITS
