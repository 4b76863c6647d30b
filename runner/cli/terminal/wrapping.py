"""Wraps a line at a terminal; what is printed into a pipe is never wrapped."""

from typing import Final

from gate_tests.sanitize import sanitize_line
from runner.cli.terminal.printer import Printer

_MAX_LINE_LENGTH: Final = 10_000
"""In characters; a recorded reason is no longer."""


def terminal_columns(printer: Printer) -> int | None:
    """The width to wrap or cut lines to; None where the output is not a terminal."""
    return printer.columns if printer.text_stream.isatty() else None


def wrap_line(line: str, columns: int | None) -> list[str]:
    """The line on lines of at most `columns`, if given; each but the first is indented by two more than it.

    Breaks at blanks only, so that paths can be copied: a word that is too long is left as it is.
    """
    text = line.lstrip(" ")
    indent = " " * (len(line) - len(text))
    line = indent + sanitize_line(text, _MAX_LINE_LENGTH)
    if columns is None or len(line) <= columns:
        return [line]
    from textwrap import wrap  # few lines are long

    return wrap(line, columns, subsequent_indent=f"{indent}  ", break_long_words=False, break_on_hyphens=False)
