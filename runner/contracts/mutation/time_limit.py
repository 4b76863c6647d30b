"""A time limit for the evaluation of a check: what a contract names may never end."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


class TimeLimitExceeded(Exception):
    """The block took too long; the message names the limit."""


@contextlib.contextmanager
def enforce_time_limit(limit_s: float) -> Iterator[None]:
    """Interrupts the block after `limit_s` seconds, as Ctrl-C would. Raises TimeLimitExceeded.

    Has no effect outside the main thread, where signals are not handled.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    is_over = False

    def end(number: int, frame: Any) -> None:
        nonlocal is_over
        is_over = True
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    except KeyboardInterrupt:
        if not is_over:
            raise
        raise TimeLimitExceeded(f"timed out after {limit_s:g} s (limits.check_s)") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
