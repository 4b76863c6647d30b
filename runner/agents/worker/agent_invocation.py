"""One invocation of an agent's program: its packet is standard input, its output goes to a display and to a log."""

import os
import shlex
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import NamedTuple

from gate_tests.files.regular_file import open_regular_file
from gate_tests.isolated_pytest.display import Display
from gate_tests.programs.execute import read_last_lines
from gate_tests.sanitize import flatten_line
from runner.agents.commands.agent_command import AgentCommand
from runner.agents.worker.left_processes import INVOCATION_VARIABLE, describe_left_processes, find_left_processes
from runner.agents.worker.subprocess_stream import ProgramNotStarted, StreamedProgram, StreamEnd
from runner.agents.worker.terminal_output import TerminalOutput
from runner.agents.worker.usage_report import UsageReport, read_usage_report
from runner.models.invocation import Ended, ProgramEnd, invocation_log
from runner.pipeline.worker import Task
from runner.storage.logs import LogFile, live_log
from runner.storage.store import Store


class InvocationResult(NamedTuple):
    """How an invocation ended: for the record, in words, the last lines of its output, and what it used."""

    end: ProgramEnd
    description: str
    last_lines: tuple[str, ...] = ()
    report: UsageReport = UsageReport()


class AgentInvocation(NamedTuple):
    """An invocation to make. `open_display` shows its output; `say` prints lines that -q does not hide."""

    store: Store
    command: AgentCommand
    task: Task
    invocation_id: str
    open_display: Callable[[], AbstractContextManager[Display]]
    say: Callable[[str], object]

    def run(self) -> InvocationResult:
        """Blocks until the program has ended; a KeyboardInterrupt ends it."""
        with live_log(self.store, self.task.run.run_id, invocation_log(self.invocation_id)) as log:
            began = time.monotonic()
            try:
                end = self._stream(log)
            except ProgramNotStarted as error:
                end = StreamEnd(Ended.NOT_STARTED, None, f"could not be started: {error}")
            except KeyboardInterrupt:
                end = StreamEnd(Ended.INTERRUPTED, None, "interrupted")
            lines, report = read_last_lines(log.descriptor), _read_report(log)
        for left in describe_left_processes(find_left_processes(self.invocation_id)):
            self.say(f"  agent   {left}")
        failed = end.ended is not Ended.EXITED or end.exit_code != 0
        line = f"  agent   {end.description} ({time.monotonic() - began:.1f} s)"
        kept = None if log.problem else log.path
        if failed:
            self.say(f"{line}; its output is in {kept}" if kept else line)
        with self.open_display() as display:
            if not failed:
                display.show(f"{line}\n")
            if log.problem:
                display.show(f"  output  not kept: {flatten_line(log.problem)}\n")
        return InvocationResult(
            ProgramEnd(self.command.program_name, end.ended, end.exit_code, kept), end.description, lines, report
        )

    def _stream(self, log: LogFile) -> StreamEnd:
        root = self.store.workspace.root
        with open_regular_file(root / self.task.packet_path) as packet, self.open_display() as display:
            output = "" if log.problem else f"  output  {log.path}\n"
            display.show(f"  agent   {flatten_line(shlex.join(self.command.arguments))}\n{output}")
            environment = {**os.environ, **self._variables()}
            program = StreamedProgram(
                self.command.arguments, root, environment, packet.fileno(), self.command.timeout_s
            )
            terminal = TerminalOutput(display)

            def pass_on(chunk: bytes) -> None:
                with suppress(OSError):  # a full disk does not make its work worthless
                    os.write(log.descriptor, chunk)
                terminal.show(chunk)

            try:
                return program.run(pass_on)
            finally:
                terminal.end()

    def _variables(self) -> dict[str, str]:
        return {
            "ORCH_RUN": self.task.run.run_id,
            "ORCH_GATE": self.task.workflow_gate.gate,
            INVOCATION_VARIABLE: self.invocation_id,
            "ORCH_PACKET": str(self.store.workspace.root / self.task.packet_path),  # for agents that read no stdin
        }


def _read_report(log: LogFile) -> UsageReport:
    with os.fdopen(os.dup(log.descriptor), "rb") as output:
        return read_usage_report(output)
