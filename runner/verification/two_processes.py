"""Does work in two processes where there are two processors: much of what a verification does is Python's own."""

import contextlib
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO, Final, NoReturn, TypeVar

from gate_tests.programs.signals import INTERRUPTS

T = TypeVar("T")
R = TypeVar("R")

_BATCHES: Final = 20
"""In how many parts the results are written: what is not written yet is lost if the process ends early."""

_is_shared = False
"""Whether another process is at work, or this is the other one: then there is no processor for a third."""

_is_other = False
"""Whether this is the other process."""


def map_in_two(function: Callable[[T], R], items: Sequence[T], least: int, share: float = 0.5) -> Iterator[R]:
    """The results for the items, in order; from `least` items on a forked process works on its share, the last ones.

    It starts with the first result. What it did not do, for whatever reason, is done here. The results must be
    picklable.
    """
    if len(items) < least or _is_shared or _count_processors() < 2:
        yield from map(function, items)
        return
    done = int(len(items) * (1 - share))
    with _open_unnamed_file() as results:
        with _forked(function, items[done:], results):
            yield from map(function, items[:done])
        results.seek(0)
        others: Iterator[R] = _read_results(results)
        for result in others:
            done += 1
            yield result
    yield from map(function, items[done:])


def _open_unnamed_file() -> BinaryIO:
    """In memory where the system can: `tempfile` takes 4 ms to import."""
    try:
        return open(os.memfd_create("orch-results"), "w+b")
    except (AttributeError, OSError):
        from tempfile import TemporaryFile

        return TemporaryFile()


def leave_other_process() -> None:
    """End this process if it is the other one, before it does what only the first may do: that does the rest."""
    if _is_other:
        os._exit(0)


def _count_processors() -> int:
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        return os.cpu_count() or 1


@contextlib.contextmanager
def _forked(function: Callable[[T], R], items: Sequence[T], results: BinaryIO) -> Iterator[None]:
    """Another process that works on the items; it has ended after the block, and is killed if the block fails."""
    global _is_shared
    _is_shared = True
    child = os.fork()
    if child == 0:
        _write_results(function, items, results)
    try:
        yield
    except BaseException:
        os.kill(child, signal.SIGKILL)
        raise
    finally:
        os.waitpid(child, 0)
        _is_shared = False


def _write_results(function: Callable[[T], R], items: Sequence[T], results: BinaryIO) -> NoReturn:
    """The other process. It says nothing and ends quietly."""
    import pickle

    global _is_other
    _is_other = True
    try:
        for each in INTERRUPTS:
            signal.signal(each, signal.SIG_DFL)
        size = -(-len(items) // _BATCHES)
        for start in range(0, len(items), size):
            pickle.dump([function(item) for item in items[start : start + size]], results)
            results.flush()
    finally:
        os._exit(0)


def _read_results(results: BinaryIO) -> Iterator[R]:
    import pickle

    with contextlib.suppress(EOFError, pickle.UnpicklingError):
        while True:
            yield from pickle.load(results)  # from an unnamed file that only the other process wrote
