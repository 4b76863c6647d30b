"""Reads a line at the terminal with line editing."""

import signal
from functools import partial
from typing import Any, NoReturn

from runner.cli.terminal.keys import handle_signal


class _Continued(Exception):
    """The process was stopped, by Ctrl-Z for example, and continued; the argument is what was typed before."""


def edit_line(question: str) -> str:
    """Asks for a line; after Ctrl-Z and `fg` again, with what was typed before. Raises EOFError, UnicodeDecodeError.

    Standard output must be the terminal. Where Python lacks readline, only the terminal's own editing works.
    """
    try:
        import readline
    except ImportError:
        return input(question)

    def on_continue(_: int, __: Any) -> NoReturn:
        raise _Continued(readline.get_line_buffer())

    text = ""
    while True:
        readline.set_startup_hook(partial(readline.insert_text, text))
        try:
            with handle_signal(signal.SIGCONT, on_continue):
                return input(question)
        except _Continued as continued:
            (text,) = continued.args
        finally:
            readline.set_startup_hook(None)
