"""Names of signals, and what signals do while a program runs."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any, Final

_TERMINATION_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)


def signal_name(number: int) -> str:
    """The name of a signal such as `SIGTERM`; most real-time signals have a number only."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@contextlib.contextmanager
def interrupt_on_termination() -> Iterator[None]:
    """Make SIGTERM and SIGHUP raise KeyboardInterrupt inside the block, so that clean-up runs.

    A signal that is ignored or has a handler is left alone. Outside the main thread this does nothing.
    """
    replaced = [each for each in _TERMINATION_SIGNALS if _is_main_thread() and signal.getsignal(each) is signal.SIG_DFL]
    for each in replaced:
        signal.signal(each, _raise_interrupt)
    try:
        yield
    finally:
        for each in replaced:
            signal.signal(each, signal.SIG_DFL)


@contextlib.contextmanager
def defer_interrupts() -> Iterator[None]:
    """Defer SIGINT and termination signals until the end of the block, so that a child is not started and then lost.

    Outside the main thread no signal handler runs, so this does nothing.
    """
    pending: list[tuple[int, Any]] = []
    signals = (signal.SIGINT, *_TERMINATION_SIGNALS) if _is_main_thread() else ()
    deferred = {each: handler for each in signals if callable(handler := signal.getsignal(each))}
    for each in deferred:
        signal.signal(each, lambda number, frame: pending.append((number, frame)))
    try:
        yield
    finally:
        for each, handler in deferred.items():
            signal.signal(each, handler)
        for number, frame in pending[:1]:
            deferred[signal.Signals(number)](number, frame)


@contextlib.contextmanager
def keep_exit_codes() -> Iterator[None]:
    """Make the system keep exit codes of children inside the block, even if the caller ignores SIGCHLD.

    Outside the main thread that cannot be changed.
    """
    ignored = _is_main_thread() and signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN
    if ignored:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        yield
    finally:
        if ignored:
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)


def _is_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def _raise_interrupt(number: int, frame: Any) -> None:
    raise KeyboardInterrupt
