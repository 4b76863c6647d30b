import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from gate_tests.programs.signals import defer_interrupts, interrupt_on_termination, keep_exit_codes, signal_name

HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD)


@pytest.fixture(autouse=True)
def default_handlers() -> Iterator[None]:
    """The handlers of a program that nobody has told anything, whatever started the tests."""
    before = {each: signal.getsignal(each) for each in HANDLED}
    for each in HANDLED:
        signal.signal(each, signal.default_int_handler if each is signal.SIGINT else signal.SIG_DFL)
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def interrupt_and_go_on(number: signal.Signals, steps: list[str]) -> None:
    os.kill(os.getpid(), number)
    os.kill(os.getpid(), number)
    steps.append("went on")


def test_a_signal_has_its_name_or_else_its_number() -> None:
    assert signal_name(signal.SIGTERM) == "SIGTERM"
    assert signal_name(40) == "signal 40"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_termination_is_an_interrupt_inside_the_block_only(number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt), interrupt_on_termination():
        os.kill(os.getpid(), number)
    assert signal.getsignal(number) is signal.SIG_DFL


def test_a_signal_that_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with interrupt_on_termination():
        os.kill(os.getpid(), signal.SIGHUP)
    assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN


def test_an_interrupt_waits_for_the_end_of_the_block() -> None:
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt), defer_interrupts():
        interrupt_and_go_on(signal.SIGINT, steps)
    assert steps == ["went on"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_termination_that_is_an_interrupt_waits_too() -> None:
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt), interrupt_on_termination(), defer_interrupts():
        interrupt_and_go_on(signal.SIGTERM, steps)
    assert steps == ["went on"]


def test_without_a_signal_nothing_is_raised_and_the_handlers_are_the_old_ones() -> None:
    with interrupt_on_termination(), defer_interrupts(), keep_exit_codes():
        pass
    assert [signal.getsignal(each) for each in HANDLED[1:]] == [signal.SIG_DFL] * 3


def test_exit_codes_of_children_are_kept_where_sigchld_is_ignored() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with keep_exit_codes():
        pid = os.posix_spawn("/bin/sh", ["sh", "-c", "exit 7"], {})
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 7
    assert signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN


def test_outside_the_main_thread_no_handler_is_changed() -> None:
    def run() -> list[object]:
        with interrupt_on_termination(), defer_interrupts(), keep_exit_codes():
            return [signal.getsignal(each) for each in HANDLED]

    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(run).result() == [signal.default_int_handler, *[signal.SIG_DFL] * 3]
