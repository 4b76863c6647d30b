"""What a person reads while a pipeline goes on, and how it ends."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

from gate_tests.errors import Exit, OrchError
from gate_tests.sanitize import plain
from runner.cli.context import Site
from runner.cli.terminal import render
from runner.cli.terminal.printer import Printer
from runner.models.status import GateStatus, RunStatus

if TYPE_CHECKING:
    from gate_tests.isolated_pytest.client import Display
    from runner.models.run import Run
    from runner.operations.judged_gate import JudgedGate
    from runner.pipeline.worker import Task


def report_end(site: Site, run: "Run", printer: Printer) -> Exit:
    """Says where the run stands, and how it goes on; gives the exit code."""
    passed = run.status is RunStatus.PASSED
    if run.finished_at:
        printer.say(f"\n{render.status_word(run.status)}  {run.run_id} is completed")
    if not passed:
        printer.mention(f"Next: {site.typed(f'orch run resume --run {run.run_id}')}")
    printer.document(run.to_json())
    return Exit.OK if passed else Exit.FAIL


class PipelineReporter(NamedTuple):
    """The person who reads along."""

    site: Site
    printer: Printer

    def open_display(self) -> "AbstractContextManager[Display]":
        """Pytest's lines are shown as they come."""
        return self.printer.display()

    def show_progress(self) -> AbstractContextManager[None]:
        """How far it has come is shown at a terminal."""
        return self.printer.progress()

    def on_attempt_start(self, task: "Task") -> None:
        """Which gate it is, and where the packet lies."""
        gate = task.workflow_gate
        again = ", taken up again" if task.is_resumed else ""
        self.printer.say()
        self.printer.say(f"Gate {gate.gate} {plain(gate.name)}, attempt {task.attempt}{again}, for {plain(gate.agent)}")
        self.printer.say(f"  packet  {task.packet_path}")

    def on_check(self, judged: "JudgedGate") -> None:
        """The verdict, and that it is not recorded."""
        for line in render.checked_lines(judged, self.printer.verbosity):
            self.printer.say(line)

    def on_check_error(self, error: OrchError) -> None:
        """What keeps it from being judged."""
        for line in error.message.splitlines():
            self.printer.say(f"  no verdict  {plain(line)}")

    def on_attempt_end(self, run: "Run", gate: str, judged: "JudgedGate | None") -> None:
        """The verdict and its record; of an attempt that somebody else ended, how it ended."""
        attempt = run.gate(gate).attempts[-1]
        record = self.site.workspace.attempt_path(run.run_id, gate, attempt.number)
        if judged:
            for line in render.finished_lines(judged, record, self.printer.verbosity):
                self.printer.say(line)
            return
        why = f": {plain(attempt.failure_reason)}" if attempt.failure_reason else ""
        self.printer.say(
            f"{render.status_word(attempt.status)}  {gate} {plain(run.gate(gate).name)}, attempt"
            f" {attempt.number}, not judged here{why}"
        )
        if attempt.status is not GateStatus.RUNNING:
            self.printer.mention(f"  record  {record}")
