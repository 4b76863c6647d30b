"""A line at the terminal that tells how far something has come: written over as that goes on, and gone afterwards."""

import contextlib
import os
import sys
from typing import TextIO

from click import unstyle

from gate_tests.sanitize import plain

_ERASED, _ONE_UP = "\r\x1b[K", "\x1b[1A"
_KEPT_AT_THE_END = 24
"""Characters at the end of a line that is too long for the terminal: there it says how far it is."""


class ProgressLine:
    """The line below whatever is printed; `columns` is the width of the terminal."""

    def __init__(self, stream: TextIO, columns: int) -> None:
        self._stream, self._columns = stream, columns
        self._shown = False
        self._column = 0
        """Where the line ends that was printed last, if that has no end yet."""

    def show(self, text: str) -> None:
        """Puts `text` in place of what it showed; an empty one takes the line away."""
        if not text:
            return self.erase()
        begin = _ERASED if self._shown else ("\n" if self._column else "\r")
        self._shown = True  # before it is: Ctrl-C may come in between, and then it has to be erased
        self._write(begin + _fitting(plain(text), self._columns - 1))
        return None

    def erase(self) -> None:
        """Takes it away; the cursor stands again where it was before."""
        if self._shown:
            back = f"{_ONE_UP}\x1b[{self._column}C" if self._column else ""
            self._write(_ERASED + back)
        self._shown = False

    def comes_after(self, text: str) -> None:
        """Learns what is printed at the same terminal, while this line does not stand there."""
        _, newline, last = text.rpartition("\n")
        self._column = ((0 if newline else self._column) + len(unstyle(last))) % self._columns

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()


def _fitting(text: str, width: int) -> str:
    if len(text) <= width:
        return text
    return text[: max(0, width - _KEPT_AT_THE_END - 1)] + "…" + text[-_KEPT_AT_THE_END:]


def is_wanted(as_json: bool) -> bool:
    """Whether a person sits before standard error who has not asked for a document."""
    if as_json or os.environ.get("CI", "false").lower() not in ("", "0", "false"):
        return False
    return bool(sys.stderr and sys.stderr.isatty()) and os.environ.get("TERM", "dumb") != "dumb"
