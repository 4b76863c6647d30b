"""Wraps a line at the width of a terminal, with a hanging indent."""

import re
from typing import Final

# Not compiled here: few commands print a line that is too long, and `re` keeps what it has compiled.
_LABEL: Final = r" *(?:[^ ]+ {2,})?"
"""The start of a line that has a label, as in `  found     1 of 8`: the lines after it begin below its text."""

_BLANK: Final = r"(?<!#) "
"""Where a line may be broken: not after the sign of a Markdown heading."""

_COLOUR: Final = r"\x1b\[[0-9;]*m"


def wrap_line(line: str, columns: int | None, hanging: int = 0) -> str:
    """`line`, broken at blanks into lines of at most `columns`; unchanged without a width.

    Each line but the first is indented like the text of the first, and by `hanging` more. A word that is longer, such
    as a path, stays whole, so that it can be copied.
    """
    if columns is None or count_cells(line) <= columns:
        return line
    label = re.match(_LABEL, line)
    start = label.end() if label else 0
    width = count_cells(line[:start])
    indent = width + hanging
    lines, is_empty = [line[:start]], True
    for word in re.split(_BLANK, line[start:]):
        cells = count_cells(word)
        if not is_empty and width + 1 + cells > columns:
            lines.append(" " * indent)
            width, is_empty = indent, True
        lines[-1] += word if is_empty else f" {word}"
        width += cells + (not is_empty)
        is_empty = False
    return "\n".join(lines)


def count_cells(text: str) -> int:
    """The width of the text in a terminal."""
    if "\x1b" in text:
        text = re.sub(_COLOUR, "", text)
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(0 if combining(each) else 1 + (east_asian_width(each) in "WF") for each in text)
