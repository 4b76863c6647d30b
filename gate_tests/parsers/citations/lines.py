"""Reads the numbers of cited lines."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from gate_tests.parsers.citations.citation import Lines
from gate_tests.parsers.citations.grammar import MORE_MAY_FOLLOW, compile_further_lines, compile_number

_MAX_LINE_DIGITS: Final = 18
_LAST: Final = ("_sign", "_word", "_last")


class CitedLines(NamedTuple):
    """Lines, and what was written behind the path to cite them."""

    lines: Lines
    text: str


def read_lines(match: re.Match[str], text: str, groups: Sequence[str], start: int) -> CitedLines:
    """The lines whose number is in one of these groups of the match, which is in the mapped `text`.

    What was written to cite the lines begins at `start`.
    """
    group = next(each for each in groups if match[each])
    known = match.re.groupindex
    last = next((match[group + suffix] for suffix in _LAST if group + suffix in known and match[group + suffix]), None)
    return CitedLines(_make_lines(match[group], last), text[start : match.end()])


def read_number(scanned: str, text: str, position: int) -> tuple[CitedLines, int] | None:
    """The lines without a path at this offset, and the offset behind them; None if there are none."""
    match = compile_number().match(scanned, position)
    return (_read_number(match, text, match.start()), match.end()) if match else None


def read_further_lines(scanned: str, text: str, position: int) -> tuple[list[CitedLines], int]:
    """The further lines in a list of them, of which the first ones end at this offset, and the offset behind them."""
    found: list[CitedLines] = []
    while MORE_MAY_FOLLOW.match(scanned, position) and (match := compile_further_lines().match(scanned, position)):
        found.append(_read_number(match, text, match.start("further")))
        position = match.end()
    return found, position


def _read_number(match: re.Match[str], text: str, start: int) -> CitedLines:
    lines = _make_lines(match["first"], match["last_sign"] or match["last_word"])
    return CitedLines(lines, f":{text[start : match.end()].lstrip(':#L')}")


def _make_lines(first: str, last: str | None) -> Lines:
    return _parse_number(first), _parse_number(last or first)


def _parse_number(digits: str) -> int:
    """The number, capped to avoid huge integers."""
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) < _MAX_LINE_DIGITS else 10**_MAX_LINE_DIGITS
