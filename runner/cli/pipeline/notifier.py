"""Notifies by the program of `--notify`: a pipeline waits for a person, a gate failed, or the run ended."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.errors import GateFailed, Interrupted, OrchError
from gate_tests.plurals import format_count
from gate_tests.sanitize import sanitize_line
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.errors import suggest_next_command
from runner.cli.pipeline.options import PipelineOptions
from runner.cli.terminal.printer import print_notice
from runner.models.status import RunStatus

if TYPE_CHECKING:
    from runner.agents.notification import Event, NotifyCommand
    from runner.models.gate import Gate
    from runner.models.run import Run
    from runner.pipeline.worker import Worker

_MAX_MESSAGE: Final = 2000
"""In characters."""


class PipelineNotifier(NamedTuple):
    """Sends the notifications of a pipeline; none where there is no `command`. A failure to send is only printed.

    Each event of an attempt is sent once: `told` has its event, gate and number.
    """

    cli: CliContext
    options: PipelineOptions
    command: "NotifyCommand | None"
    told: "set[tuple[Event, str, int | None]]"

    @classmethod
    def create(cls, cli: CliContext, options: PipelineOptions) -> "PipelineNotifier":
        """By `--notify`, else by `notify` of the agents file. Raises Refused, InvalidFile: before a run is created."""
        from runner.agents.commands.agents_file import read_agents_file

        workspace = cli.store.workspace
        ignores_file = options.notify is not None or options.ignores_agents_file
        file = None if ignores_file else read_agents_file(workspace)
        if options.notify is None and file is None:
            return cls(cli, options, None, set())
        from runner.agents.notification import NotifyCommand

        if file:
            return cls(cli, options, NotifyCommand.from_agents_file(file, workspace.root), set())
        return cls(cli, options, NotifyCommand.from_option(options.notify or "", workspace.root), set())

    def attach(self, person: "Worker") -> "Worker":
        """The worker that also notifies when it begins to wait for a key of this person, who is at a terminal."""
        if self.command is None:
            return person
        from runner.cli.pipeline.notifying_worker import NotifyingWorker

        return NotifyingWorker(self, person)

    @contextmanager
    def telling_errors(self, run_id: str) -> Iterator[None]:
        """Tells of an error that stops the pipeline. Not of an interrupt: that comes from a person."""
        try:
            yield
        except Interrupted:
            raise
        except OrchError as error:
            from runner.agents.notification import Event

            event = Event.GATE_FAILED if isinstance(error, GateFailed) else Event.PERSON_AWAITED
            if self.command:
                next_command = suggest_next_command(error, self.cli)
                self.tell(event, self._read(run_id), run_id, error.message, next_command)
            raise

    def tell_end(self, run: "Run") -> None:
        """Tells how the pipeline ended: the run is completed, or a gate failed."""
        if self.command is None:
            return
        from runner.agents.notification import Event

        if run.finished_at:
            passed = f"{run.gates_passed} of {format_count(len(run.gates), 'gate')} passed"
            next_command = None if run.status is RunStatus.PASSED else self._resume(run)
            self.tell(Event.RUN_ENDED, run, run.run_id, f"the run {run.status}: {passed}", next_command)
        else:
            self.tell_failure(run)

    def tell_failure(self, run: "Run") -> None:
        """Notifies that a gate failed and no retry is left."""
        from runner.agents.notification import Event

        gate = run.first_gate_not_passed
        attempt = gate.attempts[-1] if gate and gate.attempts else None
        if gate and attempt:
            why = f": {attempt.failure_reason}" if attempt.failure_reason else ""
            message = f"gate {gate.gate} failed, attempt {attempt.number}{why}"
            self.tell(Event.GATE_FAILED, run, run.run_id, message, self._resume(run), gate)

    def tell(
        self, event: "Event", run: "Run | None", run_id: str, message: str, next_command: str | None,
        gate: "Gate | None" = None,
    ) -> None:  # fmt: skip
        """Sends one; `run` is None where it cannot be read. An interrupt meanwhile raises Interrupted."""
        if self.command is None:
            return
        from runner.agents.notification import Notification

        gate = gate or (_find_current_gate(run) if run else None)
        number = gate.attempts[-1].number if gate and gate.attempts else None
        if gate and (event, gate.gate, number) in self.told:
            return
        if gate:
            self.told.add((event, gate.gate, number))
        workflow = run.workflow if run else None
        notification = Notification(
            event, run_id, workflow.name if workflow else None, workflow.slug if workflow else None,
            str(run.status) if run else None, gate.gate if gate else None, number,
            sanitize_line(message, _MAX_MESSAGE), next_command,
        )  # fmt: skip
        try:
            problem = self.command.send(notification)
        except KeyboardInterrupt:
            raise Interrupted(f"interrupted; {message}", next_command=next_command) from None
        if problem:
            print_notice(f"warning: {problem}")

    def _resume(self, run: "Run") -> str:
        return suggestions.resume_run(run.run_id, self.options.resume_options)

    def _read(self, run_id: str) -> "Run | None":
        try:
            return self.cli.store.read(run_id)
        except OrchError:
            return None


def _find_current_gate(run: "Run") -> "Gate | None":
    if run.finished_at:
        return None
    return next((gate for gate in run.gates if gate.open_attempt), run.first_gate_not_passed)
