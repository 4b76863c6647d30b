import os
import signal
import sys
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager

import pytest

from gate_tests.programs import signals
from gate_tests.programs.signals import (
    defer_interrupts,
    exit_when_interrupted,
    handle_interrupts,
    interrupt_on_termination,
    is_interrupted,
    keep_exit_codes,
    keep_interruptible,
    raise_lost_interrupt,
    recording,
    signal_name,
)

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


# A command that is interrupted


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process handles signals as `orch` does."""
    monkeypatch.setattr(signals, "_interrupts", signals._Interrupts())
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    handle_interrupts()


class Target:
    """Something that can be referred to weakly."""


def lose_an_interrupt() -> None:
    """Be interrupted in a callback of a weak reference, where Python ignores every exception."""
    target = Target()
    reference = weakref.ref(target, lambda _: os.kill(os.getpid(), signal.SIGINT))
    del target
    assert reference() is None


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_interrupts_a_command(command: None, number: signal.Signals) -> None:
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
    assert is_interrupted()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_is_sent_twice_does_not_interrupt_the_clean_up(command: None, number: signal.Signals) -> None:
    steps: list[str] = []

    def run_and_clean_up() -> None:
        try:
            os.kill(os.getpid(), signal.SIGINT)
        finally:
            interrupt_and_go_on(number, steps)

    with pytest.raises(KeyboardInterrupt):
        run_and_clean_up()
    assert (steps, is_interrupted()) == (["went on"], True)


def test_one_that_comes_later_interrupts_it_too(command: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signals, "_REPEATED_S", 0)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)


def test_a_signal_that_the_caller_ignores_does_not_interrupt_a_command(command: None) -> None:
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    handle_interrupts()
    os.kill(os.getpid(), signal.SIGHUP)
    assert not is_interrupted()


@pytest.mark.parametrize("begin", [recording, interrupt_on_termination], ids=["a record", "a program"])
def test_after_an_interrupt_that_python_lost_nothing_is_begun(
    command: None, begin: Callable[[], AbstractContextManager[None]], capfd: pytest.CaptureFixture[str]
) -> None:
    lose_an_interrupt()
    with pytest.raises(KeyboardInterrupt):
        raise_lost_interrupt()
    with pytest.raises(KeyboardInterrupt), begin():
        pytest.fail("it was begun")
    assert capfd.readouterr().err == ""


def test_a_record_that_is_begun_is_not_interrupted_nor_is_anything_after_it(command: None) -> None:
    steps: list[str] = []
    with recording():
        interrupt_and_go_on(signal.SIGINT, steps)
    interrupt_and_go_on(signal.SIGTERM, steps)
    assert steps == ["went on", "went on"]
    assert not is_interrupted()


def test_a_record_that_fails_tells_its_own_error_though_it_was_interrupted(command: None) -> None:
    def fill_the_disk() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        raise OSError("full")

    with pytest.raises(OSError, match="full"), recording():
        fill_the_disk()


def test_a_long_lived_command_is_interrupted_after_what_it_recorded(command: None) -> None:
    keep_interruptible()
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt), recording():
        interrupt_and_go_on(signal.SIGINT, steps)
    assert (steps, is_interrupted()) == (["went on"], True)


def test_what_the_end_of_an_interrupted_program_has_to_record_is_recorded(command: None) -> None:
    keep_interruptible()
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    with defer_interrupts(), recording():
        steps.append("recorded")
    assert (steps, is_interrupted()) == (["recorded"], True)


@pytest.mark.parametrize(("is_long_lived", "exit_code"), [(False, 7), (True, None)], ids=["alone", "in a longer one"])
def test_a_command_whose_exit_code_is_known_ends_with_it_at_once(
    command: None, monkeypatch: pytest.MonkeyPatch, is_long_lived: bool, exit_code: int | None
) -> None:
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    if is_long_lived:
        keep_interruptible()
    exit_when_interrupted(7)
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    assert codes == ([] if exit_code is None else [exit_code])
