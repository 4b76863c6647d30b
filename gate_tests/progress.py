"""Reports progress of long work to a listener, if there is one; without one it costs nothing."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

Listener = Callable[[str], object]
"""Called with one line that replaces the previous one; with an empty line when the work is done."""

_FIRST_REPORT_AFTER_S: Final = 0.4
_REPORT_EVERY_S: Final = 0.2
_MIB: Final = 1 << 20
_GIB: Final = 1 << 30
T = TypeVar("T")

_listeners: list[Listener] = []
"""The listeners of this process; only the last one is called, for long work runs one at a time."""


@contextmanager
def report_progress_to(listener: Listener) -> Iterator[None]:
    """Report progress to `listener` inside the `with` block."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def track_progress(
    parts: Iterable[T], size: Callable[[T], int], describe: Callable[[int], str], after_s: float = _FIRST_REPORT_AFTER_S
) -> Iterable[T]:
    """The parts, unchanged, with progress reported as they are consumed.

    `size` gives the size of a part, `describe` the message for the total size so far. Work that takes less than
    `after_s` seconds is not reported; with 0 it is reported before the first part.
    """
    return _report(parts, size, describe, after_s, _listeners[-1]) if _listeners else parts


def _report(
    parts: Iterable[T], size: Callable[[T], int], describe: Callable[[int], str], after_s: float, listener: Listener
) -> Iterator[T]:
    done, due_s, has_reported = 0, time.monotonic() + after_s, False
    if not after_s:
        listener(describe(done))
        has_reported = True
    try:
        for part in parts:
            yield part
            done += size(part)
            if (now_s := time.monotonic()) >= due_s:
                listener(describe(done))
                due_s, has_reported = now_s + _REPORT_EVERY_S, True
    finally:
        if has_reported:
            listener("")


def format_bytes(done: int, total: int) -> str:
    """`1.2 of 4.0 GiB`, in the unit of the total."""
    unit, name = (_GIB, "GiB") if total >= _GIB else (_MIB, "MiB")
    return f"{done / unit:.1f} of {total / unit:.1f} {name}"
