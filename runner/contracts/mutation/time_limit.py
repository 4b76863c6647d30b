"""How long a trial may take: what a contract names can go on for ever, and a verdict would not come either."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from typing import Any


class TookTooLong(Exception):
    """It did not end in time; the message says so."""


@contextlib.contextmanager
def at_most(limit_s: float) -> Iterator[None]:
    """Ends what is done meanwhile when the time is over, as Ctrl-C would. Raises TookTooLong.

    Outside the main thread nothing can be ended like that.
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
        raise TookTooLong(f"took longer than {limit_s:g} s, its limit (limits.check_s)") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
