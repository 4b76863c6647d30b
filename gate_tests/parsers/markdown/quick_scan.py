"""Finds headings without the parser, in texts where no line needs it: most."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from gate_tests.parsers.markdown.block import Flavor
from gate_tests.parsers.markdown.parse import get_flavor

_FIRST_HEADING_OR_FENCE: Final = re.compile(r"( {0,3}(?:[#<]|`{3}|~{3}).*)")
"""A line that may be a heading, or hide one as a fence or HTML."""
_NEXT_HEADING_OR_FENCE: Final = re.compile(f"\n{_FIRST_HEADING_OR_FENCE.pattern}")
"""Such a line after the first. It begins with a character, not with `^`: so `re` finds it twice as fast."""
_UNDERLINE: Final = re.compile(r"[^\n]\n {0,3}(?:=+|-+)[ \t]*(?:\n|\Z)")
"""A line that may underline a heading: not one behind an empty line."""
_INLINE_MARKUP: Final = re.compile(r"[*_`~\[\]<&\\\r\0]")

ScannedHeading = tuple[int, str, int]
"""(Level, title, line from 0)."""


def scan_headings(text: str, start: int, path: str) -> Iterator[ScannedHeading] | None:
    """The headings from offset `start` on, where they are certain without the parser; else None."""
    body = text[start:] if start else text
    if get_flavor(path) is not Flavor.COMMONMARK or "\r" in body or _UNDERLINE.search(body) or None in _scan(body):
        return None
    return (each for each in _scan(body) if each)


def _scan(text: str) -> Iterator[ScannedHeading | None]:
    """The headings; None where the parser is needed.

    That is where a line that may be a heading, a fence or HTML is HTML or does not start at the margin, or where a
    heading has inline markup. At the margin a line is in no list, and one with `#` or a fence in no quote or paragraph,
    so only fences have to be tracked.
    """
    fence = ""
    first = _FIRST_HEADING_OR_FENCE.match(text)
    line, seen = 0, 0
    for match in chain((first,) if first else (), _NEXT_HEADING_OR_FENCE.finditer(text)):
        written = match[1]
        if fence:
            fence = "" if _closes_fence(written, fence) else fence
        elif written[0] in " <":
            yield None  # may be in a list, or HTML
        elif written[0] == "#":
            if _INLINE_MARKUP.search(written):
                yield None
            line += text.count("\n", seen, match.start(1))
            seen = match.start(1)
            if heading := _parse_heading(written):
                yield *heading, line
        elif written[0] == "~" or "`" not in written.lstrip("`"):
            fence = _leading_marks(written)


def _closes_fence(line: str, fence: str) -> bool:
    marks = _leading_marks(line.lstrip(" "))
    return marks.startswith(fence) and not line.lstrip(" ")[len(marks) :].strip(" \t")


def _leading_marks(line: str) -> str:
    """The run of equal characters at the start of a line."""
    return line[: len(line) - len(line.lstrip(line[0]))]


def _parse_heading(line: str) -> tuple[int, str] | None:
    """The level and title, if the line, which begins with `#`, is a heading."""
    level = len(_leading_marks(line))
    title = line[level:].rstrip(" \t")
    if level > 6 or (title and title[0] not in " \t"):
        return None
    closed = title.rstrip("#")
    return level, (closed if closed.endswith((" ", "\t")) else title).strip()
