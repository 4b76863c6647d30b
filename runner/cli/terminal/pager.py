"""Shows a text in a pager, as git does: that of PAGER, else `less`, which ends at once where one screen suffices."""

import os
import shlex
import signal
import sys
import termios
from typing import Final

from gate_tests.sanitize import escape_for_terminal
from runner.cli.terminal.keys import handle_signal, restore_terminal
from runner.cli.terminal.printer import Printer

_LESS_OPTIONS: Final = {"LESS": "FRX"}


def show_text(printer: Printer, text: str) -> None:
    """Shows a text, made harmless to a terminal; prints it where there is no pager, or the terminal is a dumb one."""
    pager = shlex.split(os.environ.get("PAGER", "less"))
    is_terminal = printer.text_stream is sys.stdout and sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    if not (is_terminal and pager and _run_pager(pager, text)):
        printer.print_text(text, newline=not text.endswith("\n"))


def _run_pager(pager: list[str], text: str) -> bool:
    """Waits for the end of the pager; False if it could not be run. Ctrl-C is the pager's meanwhile."""
    from subprocess import run  # only this needs it

    try:
        with restore_terminal(), handle_signal(signal.SIGINT, lambda _, __: None):
            run(pager, input=escape_for_terminal(text).encode(), env={**_LESS_OPTIONS, **os.environ}, check=False)
    except (OSError, termios.error):
        return False
    return True
