"""Processor time of calls, measured so that a test's limit is missed only by the code and not by a busy machine."""

import gc
import time
from collections.abc import Callable

MIN_ROUNDS, MAX_ROUNDS = 3, 12


def processor_time(call: Callable[[], object]) -> float:
    """The processor time of one call, in seconds.

    Without Python's garbage collection: that visits what all tests before have left, and only where a call makes much.
    """
    gc.disable()
    try:
        began = time.process_time()
        call()
        return time.process_time() - began
    finally:
        gc.enable()


def shortest_time(call: Callable[[], object], *, limit_s: float) -> float:
    """The shortest processor time of three calls, in seconds; the first one's if that is within the limit."""
    shortest_s = processor_time(call)
    for _ in range(MIN_ROUNDS - 1):
        if shortest_s < limit_s:
            break
        shortest_s = min(shortest_s, processor_time(call))
    return shortest_s


def time_ratio(long: Callable[[], object], short: Callable[[], object], *, limit: float) -> float:
    """How many times as long one call takes as the other.

    Both are measured in turn and the shortest times compared: other load only makes a call slower, so the ratio
    approaches the true one. It ends after three rounds if the ratio is below the limit by then, at the latest after
    twelve.
    """
    long_s = short_s = float("inf")
    for done in range(MAX_ROUNDS):
        if done >= MIN_ROUNDS and long_s < limit * short_s:
            break
        long_s, short_s = min(long_s, processor_time(long)), min(short_s, processor_time(short))
    return long_s / short_s
