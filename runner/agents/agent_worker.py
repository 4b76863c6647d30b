"""A worker that runs an agent's program: the packet is its standard input, its exit ends the work."""

import os
import shlex
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass

from gate_tests.compiler.loader import read_contract
from gate_tests.errors import DecisionNeeded, Interrupted, Refused
from gate_tests.files.regular_file import open_regular_file
from gate_tests.isolated_pytest.display import Display
from gate_tests.programs.signals import defer_interrupts
from gate_tests.sanitize import flatten_line
from gate_tests.typing_compat import override
from runner import suggestions
from runner.agents.agent_command import AgentCommand
from runner.agents.subprocess_stream import ProgramNotStarted, StreamedProgram
from runner.agents.terminal_output import TerminalOutput
from runner.models.ids import new_invocation_id
from runner.models.invocation import InvocationStatus
from runner.operations.invocations import record_invocation
from runner.pipeline.worker import Action, Task, Worker, WorkerResult
from runner.storage.locks import agent_lock
from runner.storage.logs import LogFile, live_log
from runner.storage.store import Store


@dataclass(frozen=True)
class AgentWorker(Worker):
    """Runs the program with each packet and waits for its end. Its output goes to the display and to a log."""

    store: Store
    command: AgentCommand
    clock: Callable[[], str]
    open_display: Callable[[], AbstractContextManager[Display]]

    @override
    def perform(self, task: Task) -> WorkerResult:
        # The work is judged however the program ended; the invocation records that.
        with agent_lock(self.store, task.run.run_id):
            self._refuse_changed_contract(task)
            return self._run_agent(task)

    def _run_agent(self, task: Task) -> WorkerResult:
        began, invocation_id = time.monotonic(), new_invocation_id(self.clock())
        was_started = True
        failure: str | None = "interrupted"
        try:
            failure = self._run_program(task, invocation_id)
        except ProgramNotStarted as error:
            was_started = False
            raise Refused(
                f"the agent could not be started ({error}); {_describe_open(task)}",
                advice=f"give another --agent-command to {suggestions.resume_run(task.run.run_id)}",
            ) from None
        except KeyboardInterrupt:
            raise Interrupted(
                f"interrupted; the agent was stopped, {_describe_open(task)}",
                next_command=task.resume_command,
            ) from None
        finally:
            if was_started:
                with defer_interrupts():
                    self._record_invocation(task, invocation_id, failure, round(1000 * (time.monotonic() - began)))
        return WorkerResult(Action.FINISH)

    def _refuse_changed_contract(self, task: Task) -> None:
        """Refuses to call the agent for a contract by which its work would not be judged."""
        run, workflow_gate = task.run, task.workflow_gate
        attempt = run.gate(workflow_gate.gate).open_attempt
        document = read_contract(self.store.workspace, workflow_gate.gate)
        if attempt and attempt.baseline and attempt.baseline.contract_sha256 != document.sha256:
            raise DecisionNeeded(
                f"{document.path} changed after attempt {attempt.number} of gate {workflow_gate.gate} started",
                path=document.path,
                accept_command=suggestions.abandon_attempt(
                    run.run_id, workflow_gate.gate, attempt.agent, accept_contract=True
                ),
            )

    def _record_invocation(self, task: Task, invocation_id: str, failure: str | None, duration_ms: int) -> None:
        """Records the invocation, unless the run was completed meanwhile, perhaps by the program itself."""
        try:
            self._append_invocation(task, invocation_id, failure, duration_ms)
        except Refused:
            if self.store.read(task.run.run_id).finished_at is None:
                raise
            with self.open_display() as display:
                display.show("  agent   not recorded: the run was completed meanwhile\n")

    def _append_invocation(self, task: Task, invocation_id: str, failure: str | None, duration_ms: int) -> None:
        record_invocation(
            self.store,
            task.run.run_id,
            task.workflow_gate.gate,
            task.workflow_gate.agent,
            self.clock(),
            status=InvocationStatus.FAIL if failure else InvocationStatus.SUCCESS,
            duration_ms=duration_ms,
            invocation_id=invocation_id,
        )

    def _run_program(self, task: Task, invocation_id: str) -> str | None:
        """Why the program did not exit with 0; None where it did."""
        with self.open_display() as display:
            with live_log(self.store, task.run.run_id, f"invocations/{invocation_id}.log") as log:
                failure = self._run_logged(task, log, display)
            if log.problem:
                display.show(f"  output  not kept: {flatten_line(log.problem)}\n")
        return failure

    def _run_logged(self, task: Task, log: LogFile, display: Display) -> str | None:
        began, root = time.monotonic(), self.store.workspace.root
        variables = {
            "ORCH_RUN": task.run.run_id,
            "ORCH_GATE": task.workflow_gate.gate,
            "ORCH_PACKET": str(root / task.packet_path),  # for agents that read nothing from standard input
        }
        with open_regular_file(root / task.packet_path) as packet:
            output = "" if log.problem else f"  output  {log.path}\n"
            display.show(f"  agent   {flatten_line(shlex.join(self.command.arguments))}\n{output}")
            program = StreamedProgram(
                self.command.arguments, root, {**os.environ, **variables}, packet.fileno(), self.command.timeout_s
            )
            terminal = TerminalOutput(display)

            def pass_on(chunk: bytes) -> None:
                with suppress(OSError):  # a full disk does not make its work worthless
                    os.write(log.descriptor, chunk)
                terminal.show(chunk)

            try:
                failure = program.run(pass_on)
            finally:
                terminal.end()
            ended = failure or "exit code 0"
            display.show(f"  agent   {ended} ({time.monotonic() - began:.1f} s)\n")
        return failure


def _describe_open(task: Task) -> str:
    return f"attempt {task.attempt} of gate {task.workflow_gate.gate} is open"
