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
from contextlib import contextmanager, suppress
from typing import Any, Final

_MAX_KEY_BYTES: Final = 32


def read_key(ask: Callable[[], None]) -> str:
    """Asks, and waits for a key; "" where the input has ended or the terminal has gone away.

    Discards what was typed before. Of a key that sends several characters, such as an arrow, and of pasted text, it
    returns a replacement character.
    """
    try:
        with _deliver_keys(ask) as descriptor:
            ask()
            keys = os.read(descriptor, _MAX_KEY_BYTES).decode(errors="replace")
    except (OSError, termios.error):
        return ""
    others = set(keys) - {keys[:1], "\r", "\n"}  # whoever holds a key down, or presses Enter after it, means the key
    return "\ufffd" if others else keys[:1]


@contextmanager
def restore_terminal() -> Iterator[int]:
    """Restores the settings of the terminal at the end of the block, if it is still there; gives its descriptor."""
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)
    try:
        yield descriptor
    finally:
        with suppress(termios.error):
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


@contextmanager
def _deliver_keys(ask_again: Callable[[], None]) -> Iterator[int]:
    """While the block lasts, the terminal delivers each key as it is pressed. Discards what was typed before.

    After Ctrl-Z and `fg` it is set up again, since the shell has changed it.
    """
    with restore_terminal() as descriptor:

        def on_continue(_: int, __: Any) -> None:
            with suppress(termios.error):  # the end of the terminal continues a process, too
                tty.setcbreak(descriptor, termios.TCSANOW)
                ask_again()

        with handle_signal(signal.SIGCONT, on_continue):
            tty.setcbreak(descriptor, termios.TCSAFLUSH)
            yield descriptor


@contextmanager
def handle_signal(number: signal.Signals, handler: Callable[[int, Any], None]) -> Iterator[None]:
    """Handles a signal so while the block lasts."""
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)
