"""Names of signals, and what signals do: to `orch` itself, and while a program runs.

An interrupted command either has recorded nothing, and its exit code says that it was interrupted; or it has begun to
record, brings that to its end, and its exit code says what was recorded. To raise KeyboardInterrupt is not enough for
that: Python ignores it in a callback of a weak reference, as importing uses them, and in `__del__`; a class body makes
a RuntimeError of it. So the signal is noted as well, and nothing is recorded after it.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any, Final

_TERMINATION_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)
INTERRUPTS: Final = (signal.SIGINT, *_TERMINATION_SIGNALS)
_REPEATED_S: Final = 0.5
"""A signal this soon after another is the same interrupt: the terminal sends one, and so does the calling program."""


class _Interrupts:
    """What signals have done to this process, and what the next one does."""

    is_noted = False
    """Whether a signal has raised KeyboardInterrupt, which may have been lost."""
    is_recording = False
    """Whether the command has begun to record: signals are ignored from then on."""
    is_long_lived = False
    """Whether it goes on after it has recorded something, and can be interrupted then."""
    raised_at = -_REPEATED_S
    """When a signal last raised KeyboardInterrupt, in seconds of `time.monotonic`."""
    exit_code: int | None = None
    """The exit code of the command, once it is known: a signal then ends the process with it."""


_interrupts = _Interrupts()


def handle_interrupts() -> None:
    """Make SIGINT, SIGTERM and SIGHUP raise KeyboardInterrupt and be noted. Those that are ignored stay ignored.

    Python does not tell where it loses one; that would be a traceback.
    """
    tell_lost_error = sys.unraisablehook
    sys.unraisablehook = lambda lost: None if lost.exc_type is KeyboardInterrupt else tell_lost_error(lost)
    for each in INTERRUPTS:
        if signal.getsignal(each) is not signal.SIG_IGN:
            signal.signal(each, _interrupt)


def _interrupt(number: int, frame: Any) -> None:
    if _interrupts.exit_code is not None:
        os._exit(_interrupts.exit_code)
    if _interrupts.is_recording:
        return
    _interrupts.is_noted = True
    now = time.monotonic()
    if now - _interrupts.raised_at >= _REPEATED_S:  # else it would interrupt what ends the programs that were started
        _interrupts.raised_at = now
        raise KeyboardInterrupt


def is_interrupted() -> bool:
    """Whether a signal interrupted the command before it had begun to record."""
    return _interrupts.is_noted


def raise_lost_interrupt() -> None:
    """Raise KeyboardInterrupt if one was raised before and lost."""
    if _interrupts.is_noted:
        raise KeyboardInterrupt


def keep_interruptible() -> None:
    """Declare that the command goes on after it has recorded something: a signal is only deferred meanwhile."""
    _interrupts.is_long_lived = True


def exit_when_interrupted(code: int) -> None:
    """From now on a signal ends the process with this exit code: nothing is left to do but to print.

    Not for a part of a long-lived command.
    """
    if not _interrupts.is_long_lived:
        _interrupts.exit_code = code


@contextlib.contextmanager
def recording() -> Iterator[None]:
    """The block records something: it is not begun after an interrupt, and not interrupted once it has begun.

    Signals are ignored from then to the end of the command, or for a long-lived one, deferred to the end of the block.
    """
    raise_lost_interrupt()
    with defer_interrupts():
        _interrupts.is_recording = not _interrupts.is_long_lived
        yield


def signal_name(number: int) -> str:
    """The name of a signal such as `SIGTERM`; most real-time signals have a number only."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@contextlib.contextmanager
def interrupt_on_termination() -> Iterator[None]:
    """Make SIGTERM and SIGHUP raise KeyboardInterrupt inside the block, so that clean-up runs.

    A signal that is ignored or has a handler is left alone. Outside the main thread this does nothing. Raises it at
    once where one was lost before.
    """
    raise_lost_interrupt()
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

    The block may record something although an interrupt came before it. Outside the main thread no signal handler runs,
    so this does nothing.
    """
    pending: list[tuple[int, Any]] = []
    signals = INTERRUPTS if _is_main_thread() else ()
    deferred = {each: handler for each in signals if callable(handler := signal.getsignal(each))}
    was_noted = _interrupts.is_noted
    try:
        for each in deferred:
            signal.signal(each, lambda number, frame: pending.append((number, frame)))
        _interrupts.is_noted = False
        yield
    finally:
        _interrupts.is_noted = was_noted
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
