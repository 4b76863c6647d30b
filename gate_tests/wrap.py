"""Wraps a line at the width of a terminal, with a hanging indent."""

import re
from typing import Final
from unicodedata import combining, east_asian_width

_LABEL: Final = re.compile(r" *(?:[^ ]+ {2,})?")
"""The start of a line that has a label, as in `  found     1 of 8`: the lines after it begin below its text."""

_MAX_INDENT: Final = 24  # columns


def wrap_line(line: str, columns: int | None) -> str:
    """`line`, broken at blanks into lines of at most `columns`; unchanged without a width.

    A word that is longer, such as a path, stays whole, so that it can be copied.
    """
    if columns is None or _count_cells(line) <= columns:
        return line
    label = _LABEL.match(line)
    start = label.end() if label else 0
    indent = " " * min(start, _MAX_INDENT)
    lines = [line[:start]]
    width, is_empty = start, True
    for word in line[start:].split(" "):
        cells = _count_cells(word)
        if not is_empty and width + 1 + cells > columns:
            lines.append(indent)
            width, is_empty = len(indent), True
        lines[-1] += word if is_empty else f" {word}"
        width += cells + (not is_empty)
        is_empty = False
    return "\n".join(lines)


def _count_cells(text: str) -> int:
    """The width of the text in a terminal."""
    if text.isascii():
        return len(text)
    return sum(0 if combining(each) else 1 + (east_asian_width(each) in "WF") for each in text)
