"""What of a Markdown text is prose, with every character on the line and at the place where it was.

Front matter and fenced code are blanked out; code inside a line is too where it is asked for. Text that is indented is
prose: in a list it mostly is.
"""

import re
from array import array
from collections.abc import Iterable, Iterator
from io import StringIO
from typing import Final

_FRONT_MATTER: Final = re.compile(r"---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|\Z)")
_FENCE: Final = re.compile(r"^(?:[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t])*+(`{3,}(?=[^`\n]*$)|~{3,})(.*)$", re.MULTILINE)
_BACKTICKS_OR_GAP: Final = re.compile(r"`+|\n[ \t]*(?=\n)")
_VISIBLE: Final = re.compile(r"[^\n]+")


def without_code_blocks(text: str) -> str:
    """The text with front matter and fenced code blanked out. A fence that nothing closes hides all that follows."""
    return blanked(text, _code_blocks(text))


def without_code_spans(text: str) -> str:
    """The text with what stands between backticks blanked out."""
    return blanked(text, _code_spans(text))


def blanked(text: str, parts: Iterable[tuple[int, int]]) -> str:
    """The text with spaces for all but the line ends of these parts, which begin in order."""
    written, done = StringIO(newline=""), 0
    for start, end in parts:
        if end > done:
            written.write(text[done:start])
            written.write(_VISIBLE.sub(lambda match: " " * len(match[0]), text[max(start, done) : end]))
            done = end
    written.write(text[done:])
    return written.getvalue()


class LineCounter:
    """Tells on which line a place is."""

    def __init__(self, text: str) -> None:
        self._text, self._seen, self._line = text, 0, 1

    def line(self, place: int) -> int:
        """The line of a place that is not before the last one asked for; the first line is 1."""
        self._line += self._text.count("\n", self._seen, place)
        self._seen = place
        return self._line


def _code_blocks(text: str) -> Iterator[tuple[int, int]]:
    front = _FRONT_MATTER.match(text)
    if front:
        yield 0, front.end()
    opened, marks = -1, ""
    for match in _FENCE.finditer(text, front.end() if front else 0):
        if opened < 0:
            opened, marks = match.start(), match[1]
        elif match[1].startswith(marks) and not match[2].strip():
            yield opened, match.end()
            opened = -1
    if opened >= 0:
        yield opened, len(text)


def _code_spans(text: str) -> Iterator[tuple[int, int]]:
    """Where code stands inside paragraphs: from one run of backticks to the next one as long, as CommonMark has it."""
    starts, ends = array("Q"), array("Q")  # there may be millions
    for match in _BACKTICKS_OR_GAP.finditer(text):
        starts.append(match.start())
        ends.append(match.end())
    closers = _closers(text, starts, ends)
    index = 0
    while index < len(starts):
        if closer := closers[index]:
            yield starts[index], ends[closer]
            index = closer
        index += 1


def _closers(text: str, starts: "array[int]", ends: "array[int]") -> "array[int]":
    """For each run of backticks the next one as long in its paragraph; 0 where there is none, and for a gap."""
    closers, next_of_length = array("Q", bytes(8 * len(starts))), dict[int, int]()
    for index in range(len(starts) - 1, -1, -1):
        if text[starts[index]] == "\n":
            next_of_length.clear()
        else:
            length = ends[index] - starts[index]
            closers[index] = next_of_length.get(length, 0)
            next_of_length[length] = index
    return closers
