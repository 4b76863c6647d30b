"""A short run of `tests/crash/stress.py`: nothing is lost."""

from pathlib import Path

import pytest

from tests.crash.kill_steps import SCENARIOS
from tests.crash.stress import (
    finish_at_once,
    judge_bad_work,
    judge_good_work,
    kill_at_random,
    kill_each_step,
    record_at_once,
    start_at_once,
)
from tests.support.hostile_environments import Start, Surrounding


@pytest.mark.parametrize("name", [scenario.name for scenario in SCENARIOS])
def test_a_process_killed_before_any_step_of_a_write_loses_no_record(tmp_path: Path, name: str) -> None:
    tally = kill_each_step(tmp_path, name)
    assert tally.wrong == ()
    assert tally.tried > 10, "a write has more steps than that"


@pytest.mark.slow
def test_processes_that_write_at_once_lose_no_record(tmp_path: Path) -> None:
    tally = record_at_once(tmp_path, 8)
    assert (tally.tried, tally.wrong) == (8, ())


@pytest.mark.slow
def test_runs_that_are_started_at_once_are_all_there(tmp_path: Path) -> None:
    assert start_at_once(tmp_path, 8).wrong == ()


@pytest.mark.slow
def test_of_two_processes_that_finish_an_attempt_at_once_one_records_it(tmp_path: Path) -> None:
    assert finish_at_once(tmp_path, 1).wrong == ()


@pytest.mark.slow
def test_fifty_processes_that_write_at_once_lose_no_record(tmp_path: Path) -> None:
    assert record_at_once(tmp_path, 50).wrong == ()


@pytest.mark.slow
def test_commands_killed_at_random_moments_lose_no_record(tmp_path: Path) -> None:
    tally = kill_at_random(tmp_path, 20)
    assert tally.wrong == ()
    assert tally.tried > 5


def finishes_with(code: int) -> Surrounding:
    """An environment in which `orch` is a program that exits with `code` and records nothing."""
    return Surrounding("made up", f"exit {code}", lambda repository: Start(repository, ("sh", "-c", f"exit {code}")))


def test_a_false_pass_is_counted_and_so_is_good_work_that_is_refused(tmp_path: Path) -> None:
    liar, grumbler = finishes_with(0), finishes_with(1)
    assert judge_bad_work(tmp_path / "a", [liar]).harmed == 1
    assert judge_bad_work(tmp_path / "b", [grumbler]).harmed == 0
    assert judge_good_work(tmp_path / "c", [grumbler]).harmed == 1
