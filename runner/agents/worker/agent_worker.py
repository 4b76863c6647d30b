"""A worker that runs an agent's program for each task, and again where the agent failed by itself."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import count
from math import ceil
from time import monotonic, sleep
from typing import Final

from gate_tests.ages import format_age
from gate_tests.compiler.loader import read_contract
from gate_tests.errors import DecisionNeeded, Interrupted, Paused, Refused
from gate_tests.isolated_pytest.display import Display
from gate_tests.programs.signals import defer_interrupts
from gate_tests.typing_compat import override
from runner import suggestions
from runner.agents.commands.agent_command import AgentCommand
from runner.agents.worker.agent_failure import AgentFailure, find_agent_failure
from runner.agents.worker.agent_invocation import AgentInvocation, InvocationResult
from runner.agents.worker.budget import NO_BUDGET, Budget
from runner.agents.worker.output_snapshot import Snapshot, take_snapshot
from runner.models.ids import new_invocation_id
from runner.models.invocation import Ended, ProgramEnd
from runner.operations.attempts import compile_run_gate
from runner.operations.invocations import record_invocation
from runner.pipeline.packet_file import read_packet, write_packet
from runner.pipeline.worker import Action, Task, Worker, WorkerResult
from runner.storage.locks import agent_lock
from runner.storage.store import Store

MAX_AGENT_FAILURES: Final = 3
"""The ends in a row by the agent's own failure after which the pipeline stops."""

DEFAULT_WAIT_S: Final = 60.0


@dataclass(frozen=True)
class AgentWorker(Worker):
    """Runs the program with each packet and waits for its end. Its output goes to the display and to a log.

    `retry_wait_s` is the wait before an agent that failed by itself is called again; it doubles each time, up to the
    longest that helps. `say` prints lines that -q does not hide.
    """

    store: Store
    command: AgentCommand
    clock: Callable[[], str]
    open_display: Callable[[], AbstractContextManager[Display]]
    say: Callable[[str], object] = lambda _: None
    retry_wait_s: float = DEFAULT_WAIT_S
    budget: Budget = NO_BUDGET

    @override
    def perform(self, task: Task) -> WorkerResult:
        with agent_lock(self.store, task.run.run_id):
            self._call_until_judged(task)
        return WorkerResult(Action.FINISH)

    def _call_until_judged(self, task: Task) -> None:
        packet, snapshots = self._read_packet(task), list[Snapshot]()
        for number in count(1):
            if not self._is_open(task):  # a person may have ended it during the wait
                break
            self._refuse_changed_contract(task)
            self.budget.check(self.store.read(task.run.run_id), task)
            if packet is not None and number > 1:  # an agent may have removed it
                write_packet(self.store, task.run.run_id, task.workflow_gate.gate, task.attempt, packet)
            failure = self._run_agent(task, snapshots)
            if failure is None or not self._is_open(task):
                break
            task.refuse_changes()
            if number == MAX_AGENT_FAILURES:
                raise _stopped_error(task, failure)
            self._wait(task, failure, number)

    def _run_agent(self, task: Task, snapshots: list[Snapshot]) -> AgentFailure | None:
        """Runs and records one invocation; returns how the agent failed by itself, None where its work is judged.

        `snapshots` are those before each invocation of the attempt: what an earlier one wrote is work as well, once the
        agent says that it has succeeded.
        """
        began, invocation_id = monotonic(), new_invocation_id(self.clock())
        compiled = compile_run_gate(self.store, task.run, task.workflow_gate.gate)
        root = self.store.workspace.root
        snapshots.append(take_snapshot(root, compiled))
        result = InvocationResult(ProgramEnd(self.command.program_name, Ended.INTERRUPTED), "interrupted")
        invocation = AgentInvocation(self.store, self.command, task, invocation_id, self.open_display, self.say)
        try:
            result = invocation.run()
        finally:
            with defer_interrupts():
                self._record(task, invocation_id, result, round(1000 * (monotonic() - began)))
        if result.end.ended is Ended.INTERRUPTED:
            raise Interrupted(
                f"interrupted; the agent was stopped, {_describe_open(task)}", next_command=task.resume_command
            )
        before = snapshots[0 if result.end.succeeded else -1]
        has_changed_outputs = not compiled.outputs or take_snapshot(root, compiled) != before
        failure = find_agent_failure(
            result.end, result.description, result.last_lines, has_changed_outputs=has_changed_outputs
        )
        if failure is None:
            self.budget.report_unknown_usage(result.report.usage, self.say)
        return failure

    def _read_packet(self, task: Task) -> str | None:
        """The packet of the attempt; None where its hash is not recorded."""
        gate = task.workflow_gate.gate
        attempt = task.run.gate(gate).open_attempt
        return read_packet(self.store, task.run.run_id, gate, attempt) if attempt else None

    def _is_open(self, task: Task) -> bool:
        """Whether the attempt is still open: the agent may have finished it, or somebody the run."""
        attempt = self.store.read(task.run.run_id).gate(task.workflow_gate.gate).open_attempt
        return attempt is not None and attempt.number == task.attempt

    def _wait(self, task: Task, failure: AgentFailure, number: int) -> None:
        wait_s = min(self.retry_wait_s * 2 ** (number - 1), failure.max_wait_s)
        again = f"in {format_age(ceil(wait_s))}" if wait_s else "now"
        self.say(
            f"  agent   failed by itself ({failure.reason}): no attempt is spent; trying again {again}"
            f" ({number} of {MAX_AGENT_FAILURES})"
        )
        try:
            sleep(wait_s)
        except KeyboardInterrupt:
            raise Interrupted(f"interrupted; {_describe_open(task)}", next_command=task.resume_command) from None

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

    def _record(self, task: Task, invocation_id: str, result: InvocationResult, duration_ms: int) -> None:
        """Records the invocation, unless the run was completed meanwhile, perhaps by the program itself."""
        try:
            record_invocation(
                self.store,
                task.run.run_id,
                task.workflow_gate.gate,
                task.workflow_gate.agent,
                self.clock(),
                model=result.report.model or self.command.model or "unknown",
                duration_ms=duration_ms,
                usage=result.report.usage,
                invocation_id=invocation_id,
                end=result.end,
            )
        except Refused:
            if self.store.read(task.run.run_id).finished_at is None:
                raise
            with self.open_display() as display:
                display.show("  agent   not recorded: the run was completed meanwhile\n")


def _stopped_error(task: Task, failure: AgentFailure) -> Paused:
    return Paused(
        f"paused at gate {task.workflow_gate.gate}, attempt {task.attempt}: the agent failed by itself"
        f" {MAX_AGENT_FAILURES} times in a row ({failure.reason}); no attempt was spent",
        next_command=task.resume_command,
    )


def _describe_open(task: Task) -> str:
    return f"attempt {task.attempt} of gate {task.workflow_gate.gate} is open"
