"""A worker at a terminal: a person does the work and presses a key to say what to do with the attempt."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from gate_tests.errors import Interrupted, OrchError, Refused
from gate_tests.files.regular_file import read_regular_file
from gate_tests.programs.signals import interrupt_on_termination
from gate_tests.typing_compat import override
from gate_tests.workspace.names import check_text
from runner.cli.terminal.keys import read_key
from runner.cli.terminal.pager import show_text
from runner.cli.terminal.printer import Printer
from runner.operations.attempts import has_changed_outputs
from runner.pipeline.worker import Action, Task, Worker, WorkerResult, build_pause_error
from runner.storage.store import Store

_QUESTION: Final = "[Enter] check and record  [v] check only  [p] show packet  [f] fail  [q] quit: "
_REASON_QUESTION: Final = "Reason (recorded; empty to go back): "
_UNCHANGED: Final = "No output has changed since the packet was written; press Enter again to check."
_ENTER: Final = ("\r", "\n")
_QUIT: Final = ("q", "Q", "\x04", "")
"""Ctrl-D and the end of input are no reason to ask again either."""


@dataclass(frozen=True)
class KeyPrompt(Worker):
    """Asks the person at the terminal with a prompt for one key."""

    printer: Printer
    store: Store
    _warned: set[tuple[str, int]] = field(default_factory=set[tuple[str, int]])
    """The attempts (gate, number) for which Enter was pressed before anything had changed."""

    @override
    def perform(self, task: Task) -> WorkerResult:
        # Ctrl-C, or a signal that would end the process, leaves the attempt open, as `q` does.
        try:
            with self._end_line_on_interrupt():
                while (result := self._act_on(self._ask_for_key(_QUESTION), task)) is None:
                    pass
                return result
        except KeyboardInterrupt:
            pause = build_pause_error(task)
            raise Interrupted(f"interrupted; {pause.message}", next_command=pause.next_command) from None

    @override
    def wants_retry(self, number: int) -> bool:
        with self._end_line_on_interrupt():
            while (key := self._ask_for_key(f"[Enter] try again (attempt {number})  [q] quit: ")) not in _ENTER + _QUIT:
                pass
        return key in _ENTER

    def _act_on(self, key: str, task: Task) -> WorkerResult | None:
        """What the key requests of the pipeline; None where the person has to be asked again. Raises Paused."""
        if key in _QUIT:
            raise build_pause_error(task)
        if key in _ENTER:
            return None if self._warn_if_unchanged(task) else WorkerResult(Action.FINISH)
        if key in "vV":
            return WorkerResult(Action.CHECK)
        if key in "fF" and (reason := self._ask_for_reason()):
            return WorkerResult(Action.FAIL, reason)
        if key in "pP":
            self._show_packet(task)
        return None

    def _ask_for_key(self, question: str) -> str:
        key = read_key(partial(self.printer.print_line, question, newline=False))
        self.printer.print_line(key if key.isascii() and key.isprintable() else "")
        return key

    def _warn_if_unchanged(self, task: Task) -> bool:
        """Warns, once for an attempt, where nothing was done yet; returns whether it did."""
        gate = task.workflow_gate.gate
        if (gate, task.attempt) in self._warned:
            return False
        try:
            with self.printer.show_progress():
                is_changed = has_changed_outputs(self.store, task.run.run_id, gate)
        except OrchError:  # the pipeline reports it
            return False
        if not is_changed:
            self._warned.add((gate, task.attempt))
            self.printer.print_line(_UNCHANGED)
        return not is_changed

    def _show_packet(self, task: Task) -> None:
        try:
            packet = read_regular_file(self.store.workspace.root / task.packet_path).decode(errors="replace")
        except OSError as error:
            self.printer.print_line(f"{task.packet_path}: cannot be read: {error.strerror}")
        else:
            show_text(self.printer, packet)

    def _ask_for_reason(self) -> str:
        """The reason in one line; empty where none is given."""
        try:
            reason = " ".join(self._read_line(_REASON_QUESTION).split())
            return check_text(reason, "the reason") if reason else ""
        except (EOFError, OSError):
            self.printer.print_line()
        except Refused as error:
            self.printer.print_line(error.message)
        except UnicodeDecodeError:
            self.printer.print_line("the reason is not UTF-8")
        return ""

    def _read_line(self, question: str) -> str:
        """A line, with line editing where the question can be printed to a terminal. Raises EOFError."""
        if self.printer.is_at_terminal:
            from runner.cli.terminal.line_editor import edit_line

            return edit_line(question)
        self.printer.print_line(question, newline=False)
        return sys.stdin.readline()

    @contextmanager
    def _end_line_on_interrupt(self) -> Iterator[None]:
        try:
            with interrupt_on_termination():
                yield
        except KeyboardInterrupt:
            self.printer.print_line()
            raise
