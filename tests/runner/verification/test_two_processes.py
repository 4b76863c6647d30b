"""Work in two processes: the results are those of one, whatever happens to the other."""

import os
import signal
from collections.abc import Iterator

import pytest

from gate_tests.errors import DamagedRecord
from runner.verification import two_processes
from runner.verification.report import RunReport
from runner.verification.two_processes import leave_other_process, map_in_two

ITEMS = list(range(101))
FIRST = os.getpid()


@pytest.fixture(autouse=True)
def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_processes, "_count_processors", lambda: 2)


def square(number: int) -> int:
    return number * number


def tell_process(number: int) -> int:
    return os.getpid()


def die_late(number: int) -> int:
    if number == 90 and os.getpid() != FIRST:
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def fail_late(number: int) -> int:
    if number == 77 and os.getpid() != FIRST:
        raise ValueError(number)
    return number * number


def leave_late(number: int) -> int:
    if number == 66:
        leave_other_process()
    return number * number


@pytest.mark.quick("*")
@pytest.mark.parametrize("function", [square, die_late, fail_late, leave_late], ids=lambda each: each.__name__)
def test_the_results_are_complete_and_in_order(function: object) -> None:
    assert callable(function)
    assert list(map_in_two(function, ITEMS, 10)) == [number * number for number in ITEMS]


def test_the_second_half_is_done_by_another_process() -> None:
    assert [pid == FIRST for pid in map_in_two(tell_process, ITEMS, 10)] == [number < 50 for number in ITEMS]


def test_few_items_need_no_other_process() -> None:
    assert set(map_in_two(tell_process, ITEMS, 102)) == {FIRST}


def test_one_processor_does_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(two_processes, "_count_processors", lambda: 1)
    assert set(map_in_two(tell_process, ITEMS, 10)) == {FIRST}


def test_work_within_work_is_not_divided_again() -> None:
    def nested(_: int) -> int:
        return len({*map_in_two(tell_process, ITEMS, 10)})

    assert set(map_in_two(nested, ITEMS[:20], 10)) == {1}


def test_the_other_process_is_killed_where_nobody_waits_for_it_any_more() -> None:
    results: Iterator[int] = map_in_two(square, ITEMS, 10)
    assert next(results) == 0
    results.close()  # type: ignore[attr-defined]
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
    assert set(map_in_two(tell_process, ITEMS, 10)) != {FIRST}


def report(number: int) -> RunReport:
    return RunReport(f"run {number}", error=DamagedRecord(f"damage {number}", next_command="orch run list"))


def test_the_error_of_a_report_comes_back_as_it_was() -> None:
    last = list(map_in_two(report, ITEMS, 10))[-1]
    assert isinstance(last.error, DamagedRecord)
    assert (last.error.message, last.error.next_command) == ("damage 100", "orch run list")
    assert last.error.exit_code == 4
