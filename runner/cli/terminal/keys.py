"""Reads single keys from the terminal.

Not with `click.getchar`: it discards what was typed before only after the question was printed, and loses 10 of 100
keys that are pressed as soon as the question appears; Ctrl-Z does not stop the process.
"""

import os
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

_MAX_KEY_BYTES: Final = 32


@contextmanager
def read_keys(ask_again: Callable[[], None]) -> "Iterator[Callable[[], str]]":
    """Yields a function that waits for the next key and returns its character; "" where the input has ended.

    Discards what was typed before. After Ctrl-Z and `fg` the terminal is set up again, since the shell has changed it.
    """
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def on_continue(_: int, __: Any) -> None:
        tty.setcbreak(descriptor, termios.TCSANOW)
        ask_again()

    with handle_signal(signal.SIGCONT, on_continue):
        tty.setcbreak(descriptor, termios.TCSAFLUSH)
        try:
            yield lambda: _read_key(descriptor)
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


@contextmanager
def handle_signal(number: signal.Signals, handler: Callable[[int, Any], None]) -> Iterator[None]:
    """Handles a signal so while the block lasts."""
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


def _read_key(descriptor: int) -> str:
    """The key; of one that sends several characters, such as an arrow, and of pasted text, a replacement character."""
    try:
        keys = os.read(descriptor, _MAX_KEY_BYTES).decode(errors="replace")
    except OSError:  # the terminal has gone away
        return ""
    others = set(keys) - {keys[:1], "\r", "\n"}  # whoever holds a key down, or presses Enter after it, means the key
    return "\ufffd" if others else keys[:1]
