"""What ends a process: by which name people know it, and what it has to wait for."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any, Final

_ENDING: Final = (signal.SIGTERM, signal.SIGHUP)


def signal_name(number: int) -> str:
    """The name of a signal; the real-time ones between the first and the last have none but their number."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@contextlib.contextmanager
def ending_is_an_interrupt() -> Iterator[None]:
    """Meanwhile a signal that would end this process on the spot is what Ctrl-C is: first it ends what it started.

    One that the caller ignores or takes itself is left to it, and so are all of them outside the main thread.
    """
    in_main = threading.current_thread() is threading.main_thread()
    taken = [each for each in _ENDING if in_main and signal.getsignal(each) is signal.SIG_DFL]
    for each in taken:
        signal.signal(each, _interrupt)
    try:
        yield
    finally:
        for each in taken:
            signal.signal(each, signal.SIG_DFL)


@contextlib.contextmanager
def interrupts_wait() -> Iterator[None]:
    """Meanwhile what would interrupt this process waits, and then does: so nothing is begun that nobody could end.

    Outside the main thread nothing is interrupted, and nothing has to wait.
    """
    came: list[tuple[int, Any]] = []
    in_main = threading.current_thread() is threading.main_thread()
    handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, *_ENDING)} if in_main else {}
    held = {each: handler for each, handler in handlers.items() if callable(handler)}
    for each in held:
        signal.signal(each, lambda number, frame: came.append((number, frame)))
    try:
        yield
    finally:
        for each, handler in held.items():
            signal.signal(each, handler)
        for number, frame in came[:1]:
            held[signal.Signals(number)](number, frame)


@contextlib.contextmanager
def exit_codes_are_kept() -> Iterator[None]:
    """Meanwhile the system keeps the exit codes of children, though the caller has told it not to.

    Outside the main thread that cannot be changed.
    """
    in_main = threading.current_thread() is threading.main_thread()
    ignored = in_main and signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN
    if ignored:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        yield
    finally:
        if ignored:
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def _interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
