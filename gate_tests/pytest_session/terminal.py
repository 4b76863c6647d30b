"""Prints into the terminal reporter of a session. It may be missing, or another plugin's own, which can do less."""

import sys
from collections.abc import Iterable
from typing import Any

from gate_tests.sanitize import escape_text, flatten_line


def get_reports(terminal: Any, category: str) -> list[Any]:
    """The reports that it has put into this category; none if it keeps none."""
    get = getattr(terminal, "getreports", None)
    return list(get(category)) if get else []


def show_lines(terminal: Any, lines: Iterable[str]) -> None:
    """Prints them, to standard error where the reporter prints no lines."""
    for line in lines:
        printed = escape_text(flatten_line(line))
        if hasattr(terminal, "line"):
            terminal.line(printed)
        else:
            print(printed, file=sys.stderr)


def show_section(terminal: Any, title: str, lines: Iterable[str], **markup: bool) -> None:
    """Prints the lines below a title."""
    if hasattr(terminal, "section"):
        terminal.section(title, **markup)
    else:
        show_lines(terminal, [f"{title}:"])
    show_lines(terminal, lines)
