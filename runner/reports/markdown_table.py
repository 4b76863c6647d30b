"""Tables of Markdown with texts that nobody has checked, cut to a number of bytes."""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from gate_tests.plurals import format_count
from gate_tests.sanitize import sanitize_line

MAX_CELL: Final = 300
"""Characters of a text in a cell."""
_NONE: Final = "–"


class Table(NamedTuple):
    """A section: `rows` are of escaped cells, `noun` is what a row is, for the line on the rows that are left out."""

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    noun: str

    def format(self, max_bytes: int) -> str:
        """The section in at most `max_bytes` of UTF-8, cut at a row; empty if not even one row has room.

        Such a table says nothing of its rows: whoever calls it counts them elsewhere.
        """
        head = f"\n### {self.title}\n\n{_format_row(self.columns)}{_format_row(('---',) * len(self.columns))}"
        rest_size = len(self._format_rest(len(self.rows)).encode())
        size = len(head.encode())
        lines = [head]
        for index, row in enumerate(self.rows):
            line = _format_row(row)
            size += len(line.encode())
            is_last = index == len(self.rows) - 1
            if size + (0 if is_last else rest_size) > max_bytes:
                return "".join((*lines, self._format_rest(len(self.rows) - index))) if index else ""
            lines.append(line)
        return "".join(lines) if self.rows else ""

    def _format_rest(self, count: int) -> str:
        return f"\nand {count:,} more {format_count(count, self.noun).partition(' ')[2]}\n"


def format_tables(tables: Sequence[Table], max_bytes: int) -> str:
    """The tables in at most `max_bytes`: each has its share, and what an earlier one leaves over."""
    written = ""
    for index, table in enumerate(tables):
        share = (max_bytes - len(written.encode())) // (len(tables) - index)
        written += table.format(share)
    return written


def format_code(text: str | None, max_characters: int = MAX_CELL) -> str:
    """`text` as a code span for a cell: no Markdown, HTML, link, mention or number of an issue works in it."""
    line = sanitize_line(text or "", max_characters).strip()
    if not line:
        return _NONE
    fence = "`" * (max(map(len, re.findall("`+", line)), default=0) + 1)
    blank = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{blank}{_escape_pipes(line)}{blank}{fence}"


def _escape_pipes(line: str) -> str:
    return line.replace("|", r"\|")


def _format_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |\n"
