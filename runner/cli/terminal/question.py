"""Where a question to the person at the terminal is printed."""

import sys

from runner.cli.terminal.printer import Printer


def choose_question_printer(printer: Printer) -> Printer:
    """The printer for a question: one for standard error where only that is a terminal, else the given one."""
    if sys.stderr is None or not sys.stderr.isatty() or (sys.stdout is not None and sys.stdout.isatty()):
        return printer
    return Printer(as_json=True)
