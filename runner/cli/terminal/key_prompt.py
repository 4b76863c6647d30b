"""The pause of a pipeline, at a terminal: a person says with a key what is to be done with the attempt."""

import contextlib
import os
import signal
import sys
import termios
import tty
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from gate_tests.errors import Interrupted, Refused
from gate_tests.programs.signals import ending_is_an_interrupt
from gate_tests.workspace.names import check_text
from runner.cli.terminal.printer import Printer
from runner.pipeline.worker import Action, Task, WorkerResult, build_pause_error

_QUESTION = "Press Enter to validate, v to check now (nothing is recorded), f to fail it, q to stop here: "
_END_OF_INPUT = ("", "\x04")


class KeyPrompt(NamedTuple):
    """The person at the terminal, who does the work or has it done."""

    printer: Printer

    def perform(self, task: Task) -> WorkerResult:
        """Waits for a key. Ctrl-C leaves the attempt open, as `q` does, and so does what would end the process."""
        try:
            with ending_is_an_interrupt():
                return self._ask(task)
        except KeyboardInterrupt:
            self.printer.say()
            stopped = build_pause_error(task)
            raise Interrupted(f"interrupted; {stopped.message}", next_command=stopped.next_command) from None

    def _ask(self, task: Task) -> WorkerResult:
        while True:
            with _one_key(self._question) as read_key:
                self._question()
                key = read_key()
            if key in ("\r", "\n"):
                self.printer.say()
                return WorkerResult(Action.FINISH)
            if key in _END_OF_INPUT or key in "qQ":
                self.printer.say()
                raise build_pause_error(task)
            self.printer.say(key if key.isprintable() else "")
            if key in "vV":
                return WorkerResult(Action.CHECK)
            if key in "fF" and (reason := self._reason()):
                return WorkerResult(Action.FAIL, reason)

    def _question(self) -> None:
        self.printer.say(_QUESTION, newline=False)

    def _reason(self) -> str:
        """Why it fails, in a line of text; empty where the person thinks better of it."""
        self.printer.say("Why does it fail? The reason is recorded (nothing goes back): ", newline=False)
        try:
            reason = sys.stdin.readline().strip()
            return check_text(reason, "the reason") if reason else ""
        except Refused as error:
            self.printer.say(error.message)
        except UnicodeDecodeError:
            self.printer.say("the reason is not UTF-8")
        return ""


@contextlib.contextmanager
def _one_key(ask_again: Callable[[], None]) -> "Iterator[_ReadKey]":
    """Meanwhile the terminal gives each key as it is pressed. What was typed before the question is dropped.

    Whoever was stopped with Ctrl-Z finds a terminal that others have set up anew.
    """
    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def continued(_: int, __: Any) -> None:
        tty.setcbreak(descriptor, termios.TCSANOW)
        ask_again()

    with _on(signal.SIGCONT, continued):
        tty.setcbreak(descriptor, termios.TCSAFLUSH)
        try:
            yield _ReadKey(descriptor)
        finally:
            termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _on(number: signal.Signals, handler: Callable[[int, Any], None]) -> Iterator[None]:
    before = signal.signal(number, handler)
    try:
        yield
    finally:
        signal.signal(number, before)


class _ReadKey(NamedTuple):
    descriptor: int

    def __call__(self) -> str:
        """A key; of one that sends several characters, such as an arrow, the first, and the rest is dropped."""
        try:
            return os.read(self.descriptor, 32).decode(errors="replace")[:1]
        except OSError:  # the terminal has gone away
            return ""
