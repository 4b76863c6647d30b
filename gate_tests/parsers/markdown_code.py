"""Blanks out the code of a Markdown text, so that every other character keeps its line and offset.

Indented text is not taken for code, for in lists it usually is not.
"""

import re
from array import array
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Final

from gate_tests.parsers.front_matter import find_front_matter_end

_FENCE: Final = re.compile(r"^(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*+(`{3,}(?=[^`\n]*$)|~{3,})(.*)$", re.MULTILINE)
_BACKTICKS_OR_BLANK_LINE: Final = re.compile(r"`+|\n[ \t]*(?=\n)")
_VISIBLE: Final = re.compile(r"[^\n]+")


def blank_code_blocks(text: str) -> str:
    """The text without front matter and fenced code. An unclosed fence extends to the end."""
    return blank_out(text, _find_code_blocks(text))


def blank_code_spans(text: str) -> str:
    """The text without code spans (between backticks)."""
    return blank_out(text, _find_code_spans(text))


def blank_out(text: str, parts: Iterable[tuple[int, int]]) -> str:
    """Replace everything but line ends by spaces in these (start, end) parts, which are sorted by start."""
    written, done = StringIO(newline=""), 0
    for start, end in parts:
        if end > done:
            written.write(text[done:start])
            written.write(_VISIBLE.sub(lambda match: " " * len(match[0]), text[max(start, done) : end]))
            done = end
    written.write(text[done:])
    return written.getvalue()


class LineCounter:
    """Converts ascending offsets to line numbers."""

    def __init__(self, text: str) -> None:
        self._text, self._seen, self._line = text, 0, 1

    def line(self, offset: int) -> int:
        """The line of `offset`, counted from 1. Offsets must not descend from call to call."""
        self._line += self._text.count("\n", self._seen, offset)
        self._seen = offset
        return self._line


def _find_code_blocks(text: str) -> Iterator[tuple[int, int]]:
    if front := find_front_matter_end(text):
        yield 0, front
    opened, marks = -1, ""
    for match in _FENCE.finditer(text, front):
        if opened < 0:
            opened, marks = match.start(), match[1]
        elif match[1].startswith(marks) and not match[2].strip():
            yield opened, match.end()
            opened = -1
    if opened >= 0:
        yield opened, len(text)


def _find_code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Code spans: from a run of backticks to the next one of the same length in the paragraph, as in CommonMark."""
    starts, ends = array("Q"), array("Q")  # there may be millions
    for match in _BACKTICKS_OR_BLANK_LINE.finditer(text):
        starts.append(match.start())
        ends.append(match.end())
    closers = _find_closers(text, starts, ends)
    index = 0
    while index < len(starts):
        if closer := closers[index]:
            yield starts[index], ends[closer]
            index = closer
        index += 1


def _find_closers(text: str, starts: "array[int]", ends: "array[int]") -> "array[int]":
    """For each run of backticks the index of the run that closes it; 0 if none does, and for a blank line."""
    closers, next_of_length = array("Q", bytes(8 * len(starts))), dict[int, int]()
    for index in range(len(starts) - 1, -1, -1):
        if text[starts[index]] == "\n":
            next_of_length.clear()
        else:
            length = ends[index] - starts[index]
            closers[index] = next_of_length.get(length, 0)
            next_of_length[length] = index
    return closers
