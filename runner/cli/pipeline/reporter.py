"""Prints the progress of a pipeline and its end."""

from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

from gate_tests.errors import Exit, InvalidFile, OrchError
from gate_tests.sanitize import sanitize_line
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.pipeline.notifier import PipelineNotifier
from runner.cli.pipeline.options import PipelineOptions
from runner.cli.terminal import render
from runner.cli.terminal.printer import Printer
from runner.models.status import GateStatus, RunStatus

if TYPE_CHECKING:
    from gate_tests.isolated_pytest.display import Display
    from runner.models.gate import Gate
    from runner.models.run import Run
    from runner.operations.judged_gate import JudgedGate
    from runner.pipeline.pipeline import Pipeline
    from runner.pipeline.worker import Task


def run_to_end(
    cli: CliContext, pipeline: "Pipeline", run: "Run", printer: Printer, options: PipelineOptions,
    notifier: PipelineNotifier,
) -> Exit:  # fmt: skip
    """Runs the gates, prints and notifies how that ended; returns the exit code."""
    with notifier.telling_errors(run.run_id):
        run = pipeline.run_gates(run)
    code = report_end(cli, run, printer, options)
    notifier.tell_end(run)
    return code


def report_end(cli: CliContext, run: "Run", printer: Printer, options: PipelineOptions) -> Exit:
    """Prints the status of the run and the next command; returns the exit code."""
    passed = run.status is RunStatus.PASSED
    if run.finished_at:
        printer.print_line()
        printer.print_line(render.format_completion(run))
    printer.print_hint(f"Next: {cli.format_command(_choose_next_command(cli, run, options))}")
    printer.print_document(run.to_json())
    return Exit.OK if passed else Exit.FAIL


def _choose_next_command(cli: CliContext, run: "Run", options: PipelineOptions) -> str:
    if run.status is not RunStatus.PASSED:
        return suggestions.resume_run(run.run_id, options.resume_options)
    from runner.workflows.commit_command import suggest_commit  # the help needs no git

    return suggest_commit(cli.workspace, run)


class PipelineReporter(NamedTuple):
    """A PipelineObserver that prints for people."""

    cli: CliContext
    printer: Printer

    def open_display(self) -> "AbstractContextManager[Display]":
        """Shows pytest's output."""
        return self.printer.open_display()

    def show_progress(self) -> AbstractContextManager[None]:
        """Shows the progress of hashing at a terminal."""
        return self.printer.show_progress()

    def on_attempt_start(self, task: "Task") -> None:
        """Prints the gate, the agent and the path of the packet."""
        gate = task.workflow_gate
        resumed = " resumed" if task.is_resumed else ""
        self.printer.print_line()
        self.printer.print_line(f"Gate {gate.gate} {gate.name}, attempt {task.attempt}{resumed}, agent {gate.agent}")
        self.printer.print_line(f"  packet  {task.packet_path}")
        if warning := self._find_missing_instructions(task):
            self.printer.print_line(f"  warned  {warning}")

    def _find_missing_instructions(self, task: "Task") -> str | None:
        from runner.pipeline.prompt_packet import has_instructions

        try:
            if has_instructions(self.cli.workspace, task.workflow_gate):
                return None
        except InvalidFile:  # the packet of an open attempt was made before
            return None
        template = task.workflow_gate.prompt_template
        return f"the packet has no instructions: {f'{template} is empty' if template else 'no prompt_template'}"

    def on_check(self, judged: "JudgedGate") -> None:
        """Prints the verdict, and that it is not recorded."""
        from runner.cli.terminal.verdict import format_checked_gate, print_verdicts  # the help judges nothing

        print_verdicts(self.printer, {judged.gate.gate: [*format_checked_gate(judged, self.printer.verbosity)]})

    def on_check_error(self, error: OrchError) -> None:
        """Prints why there is no verdict."""
        for line in error.message.splitlines():
            self.printer.print_line(f"  no verdict  {line}")

    def on_repeated_failure(self, gate: "Gate") -> None:
        """Prints why there is no further retry."""
        last = gate.attempts[-1].number
        self.printer.print_line(
            f"  retry   stopped: attempt {last} failed as attempt {last - 1} did, with the same values, and no output"
            " changed"
        )

    def on_attempt_end(self, run: "Run", gate: str, judged: "JudgedGate | None") -> None:
        """Prints the verdict and the path of its record; of an attempt that was not judged here, how it ended."""
        attempt = run.gate(gate).attempts[-1]
        record = self.cli.workspace.attempt_path(run.run_id, gate, attempt.number)
        if judged:
            from runner.cli.terminal.verdict import format_finished_gate, print_verdicts

            print_verdicts(self.printer, {gate: [*format_finished_gate(judged, record, self.printer.verbosity)]})
            return
        is_by_hand = attempt.status is GateStatus.FAIL and not (attempt.validations or attempt.pre_scripts)
        why = f": {sanitize_line(attempt.failure_reason)}" if attempt.failure_reason else ""
        if attempt.status is not GateStatus.RUNNING:
            self.printer.print_hint(f"  record  {record}")
        self.printer.print_line(
            f"{render.style_status(attempt.status)}  {gate} {run.gate(gate).name}, attempt"
            f" {attempt.number}, {'failed by hand' if is_by_hand else 'not judged here'}{why}"
        )
