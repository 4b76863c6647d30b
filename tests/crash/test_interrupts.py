"""An interrupted `orch gate finish` records nothing and exits with 130, or it records a verdict and exits with that."""

import signal
from pathlib import Path

import pytest

from tests.crash.interrupts import CALLS, can_trace, interrupt_at_random, interrupt_each_call

traced = pytest.mark.skipif(not can_trace(), reason="there is no strace here, or it may not trace a process")


@pytest.mark.slow
@pytest.mark.parametrize("passes", [True, False], ids=["PASS", "FAIL"])
def test_a_signal_at_any_moment_is_told_by_the_exit_code(tmp_path: Path, passes: bool) -> None:
    assert interrupt_at_random(tmp_path / "repo", 4, passes=passes).wrong == ()


@pytest.mark.slow
@pytest.mark.parametrize("passes", [True, False], ids=["PASS", "FAIL"])
def test_a_thousand_signals_are_all_told(tmp_path: Path, passes: bool) -> None:
    assert interrupt_at_random(tmp_path / "repo", 500, passes=passes, seed=1).wrong == ()


@pytest.mark.slow
@traced
@pytest.mark.quick("rename")
@pytest.mark.parametrize("call", CALLS)
def test_a_signal_at_a_system_call_of_the_write_is_told_by_the_exit_code(tmp_path: Path, call: str) -> None:
    tally = interrupt_each_call(tmp_path / "repo", call, passes=True)
    assert (tally.wrong, tally.tried > 0) == ((), True)


@traced
@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_so_is_every_other_signal_that_ends_a_program(tmp_path: Path, number: signal.Signals) -> None:
    tally = interrupt_each_call(tmp_path / "repo", "fsync", "link", "rename", passes=False, number=number)
    assert (tally.wrong, tally.tried > 4) == ((), True)
