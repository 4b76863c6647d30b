"""A worker at a terminal: a person does the work and presses a key to say what to do with the attempt."""

import contextlib
import os
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from gate_tests.errors import Interrupted, Refused
from gate_tests.programs.signals import interrupt_on_termination
from gate_tests.typing_compat import override
from gate_tests.workspace.names import check_text
from runner.cli.terminal.printer import Printer
from runner.pipeline.worker import Action, Task, Worker, WorkerResult, build_pause_error

_QUESTION: Final = "Press Enter to validate, v to check now (nothing is recorded), f to fail it, q to stop here: "
_END_OF_INPUT: Final = ("", "\x04")


@dataclass(frozen=True)
class KeyPrompt(Worker):
    """Asks the person at the terminal with a prompt for one key."""

    printer: Printer

    @override
    def perform(self, task: Task) -> WorkerResult:
        # Ctrl-C, or a signal that would end the process, leaves the attempt open, as `q` does.
        try:
            with interrupt_on_termination():
                return self._ask_for_action(task)
        except KeyboardInterrupt:
            self.printer.print_line()
            pause = build_pause_error(task)
            raise Interrupted(f"interrupted; {pause.message}", next_command=pause.next_command) from None

    def _ask_for_action(self, task: Task) -> WorkerResult:
        while True:
            with _read_keys(self._print_question) as read_key:
                self._print_question()
                key = read_key()
            if key in ("\r", "\n"):
                self.printer.print_line()
                return WorkerResult(Action.FINISH)
            if key in _END_OF_INPUT or key in "qQ":
                self.printer.print_line()
                raise build_pause_error(task)
            self.printer.print_line(key if key.isprintable() else "")
            if key in "vV":
                return WorkerResult(Action.CHECK)
            if key in "fF" and (reason := self._ask_for_reason()):
                return WorkerResult(Action.FAIL, reason)

    def _print_question(self) -> None:
        self.printer.print_line(_QUESTION, newline=False)

    def _ask_for_reason(self) -> str:
        """The reason in one line; empty where none is given."""
        self.printer.print_line("Why does it fail? The reason is recorded (nothing goes back): ", newline=False)
        try:
            reason = sys.stdin.readline().strip()
            return check_text(reason, "the reason") if reason else ""
        except Refused as error:
            self.printer.print_line(error.message)
        except UnicodeDecodeError:
            self.printer.print_line("the reason is not UTF-8")
        return ""


@contextlib.contextmanager
def _read_keys(ask_again: Callable[[], None]) -> "Iterator[_KeyReader]":
    """While the block lasts, the terminal delivers each key as it is pressed. Discards what was typed before.

    After Ctrl-Z and `fg` the terminal is set up again, since the shell has changed it.
    """
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def on_continue(_: int, __: Any) -> None:
        tty.setcbreak(descriptor, termios.TCSANOW)
        ask_again()

    with _handle_signal(signal.SIGCONT, on_continue):
        tty.setcbreak(descriptor, termios.TCSAFLUSH)
        try:
            yield _KeyReader(descriptor)
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _handle_signal(number: signal.Signals, handler: Callable[[int, Any], None]) -> Iterator[None]:
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


class _KeyReader(NamedTuple):
    descriptor: int

    def __call__(self) -> str:
        """The first character of the next key; the rest, of an arrow key for example, is discarded."""
        try:
            return os.read(self.descriptor, 32).decode(errors="replace")[:1]
        except OSError:  # the terminal has gone away
            return ""
