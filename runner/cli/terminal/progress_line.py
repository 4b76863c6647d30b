"""A progress line at the terminal, which is overwritten with each update and erased at the end."""

import contextlib
import os
import sys
from typing import Final, TextIO

from gate_tests.sanitize import sanitize_line
from gate_tests.wrap import count_cells

_ERASE_LINE: Final = "\r\x1b[K"
_CURSOR_UP: Final = "\x1b[1A"
_KEPT_TAIL: Final = 24
"""The last characters of a text too long for the terminal, which are kept: the numbers are there."""


class ProgressLine:
    """The line below all other output; `columns` is the width of the terminal."""

    def __init__(self, stream: TextIO, columns: int) -> None:
        self._stream, self._columns = stream, columns
        self._is_shown = False
        self._column = 0
        """The cursor's column in the unfinished line above."""

    def show(self, text: str) -> None:
        """Replaces its text; an empty one erases the line."""
        if not text:
            return self.erase()
        begin = _ERASE_LINE if self._is_shown else ("\n" if self._column else "\r")
        self._is_shown = True  # before it is written, so that it is erased after Ctrl-C in between
        self._write(begin + _shorten(sanitize_line(text), self._columns - 1))
        return None

    def erase(self) -> None:
        """Erases it; restores the cursor's position."""
        if self._is_shown:
            back = f"{_CURSOR_UP}\x1b[{self._column}C" if self._column else ""
            self._write(_ERASE_LINE + back)
        self._is_shown = False

    def note_printed(self, text: str) -> None:
        """Tracks the cursor: `text` was printed to the same terminal, while this line was erased."""
        _, newline, last = text.rpartition("\n")
        self._column = ((0 if newline else self._column) + count_cells(last)) % self._columns

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


def _shorten(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    return text[: max(0, width - _KEPT_TAIL - 1)] + "…" + text[-_KEPT_TAIL:]


def shows_progress(as_json: bool) -> bool:
    """Whether standard error is the terminal of a person who has not asked for JSON."""
    if as_json or os.environ.get("CI", "false").lower() not in ("", "0", "false"):
        return False
    return bool(sys.stderr and sys.stderr.isatty()) and os.environ.get("TERM", "dumb") != "dumb"
