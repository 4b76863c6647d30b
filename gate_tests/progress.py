"""How far long work has come, told while it goes on to whoever wants to hear it. Where nobody does it costs nothing."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

Listener = Callable[[str], object]
"""Gets one line in place of the one before it; an empty one when the work is over."""

_TOLD_AFTER_S: Final = 0.4
_TOLD_EVERY_S: Final = 0.2
_MIB: Final = 1 << 20
_GIB: Final = 1 << 30
T = TypeVar("T")

_listeners: list[Listener] = []
"""Who listens in this process: the last of them alone. Work that is so long goes on in one place at a time."""


@contextmanager
def told_to(listener: Listener) -> Iterator[None]:
    """Meanwhile `listener` is told."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def followed(
    parts: Iterable[T], size: Callable[[T], int], in_words: Callable[[int], str], after_s: float = _TOLD_AFTER_S
) -> Iterable[T]:
    """The parts of some work as they are. Each has a size, and `in_words` says what all of them until now come to.

    Nothing is told of work that is over `after_s` seconds after its begin; with 0 it is told before the first part.
    """
    return _told(parts, size, in_words, after_s, _listeners[-1]) if _listeners else parts


def _told(
    parts: Iterable[T], size: Callable[[T], int], in_words: Callable[[int], str], after_s: float, listener: Listener
) -> Iterator[T]:
    done, due_s, was_told = 0, time.monotonic() + after_s, False
    if not after_s:
        listener(in_words(done))
        was_told = True
    try:
        for part in parts:
            yield part
            done += size(part)
            if (now_s := time.monotonic()) >= due_s:
                listener(in_words(done))
                due_s, was_told = now_s + _TOLD_EVERY_S, True
    finally:
        if was_told:
            listener("")


def bytes_of(done: int, total: int) -> str:
    """So many bytes of so many: `1.2 of 4.0 GiB`."""
    unit, name = (_GIB, "GiB") if total >= _GIB else (_MIB, "MiB")
    return f"{done / unit:.1f} of {total / unit:.1f} {name}"
