"""What the tests that limit a time measure."""

import time

from tests.support.timing import MAX_ROUNDS, MIN_ROUNDS, processor_time, shortest_time, time_ratio


def add(count: int) -> int:
    return sum(number for number in range(count))


def test_a_call_that_takes_longer_than_its_limit_is_told_from_one_that_does_not() -> None:
    assert time_ratio(lambda: add(800_000), lambda: add(50_000), limit=4) > 8
    assert time_ratio(lambda: add(50_000), lambda: add(50_000), limit=2) < 2
    assert shortest_time(lambda: add(800_000), limit_s=0.001) > 0.001


def test_a_slow_moment_of_the_machine_does_not_decide() -> None:
    calls: list[None] = []

    def slow_at_first() -> None:
        calls.append(None)
        add(2_000_000 if len(calls) <= MIN_ROUNDS else 50_000)

    assert time_ratio(slow_at_first, lambda: add(50_000), limit=4) < 4
    assert MIN_ROUNDS < len(calls) <= MAX_ROUNDS


def test_time_that_others_use_does_not_count() -> None:
    assert processor_time(lambda: time.sleep(0.05)) < 0.04
