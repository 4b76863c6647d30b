"""Shows a text in a pager, as git does: that of PAGER, else `less`, which ends at once where one screen suffices."""

import os
import signal
import termios
from typing import Final

from gate_tests.sanitize import escape_for_terminal
from runner.cli.terminal.keys import handle_signal, restore_terminal
from runner.cli.terminal.printer import Printer

_LESS_OPTIONS: Final = {"LESS": "FRX"}
_FAILED: Final = range(1, 128)  # exit codes; those above, and negative ones, are of a pager that a signal has ended


def show_text(printer: Printer, text: str) -> None:
    """Shows a text, made harmless to a terminal; prints it where there is no pager, or the terminal is a dumb one."""
    pager = os.environ.get("PAGER", "less").strip()
    is_capable = printer.is_at_terminal and os.environ.get("TERM", "dumb") != "dumb"
    if not (is_capable and pager and _run_pager(pager, text)):
        printer.print_text(text, newline=not text.endswith("\n"))


def _run_pager(pager: str, text: str) -> bool:
    """Waits for the end of the pager, a shell command; False if it failed. Ctrl-C is its own meanwhile."""
    from subprocess import run  # only this needs it

    content, environment = escape_for_terminal(text).encode(), {**_LESS_OPTIONS, **os.environ}
    try:
        with restore_terminal(), handle_signal(signal.SIGINT, lambda _, __: None):
            ended = run(pager, shell=True, input=content, env=environment, check=False)
    except (OSError, termios.error):
        return False
    return ended.returncode not in _FAILED
