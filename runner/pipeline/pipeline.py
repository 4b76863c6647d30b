"""Runs the gates of a workflow in order: write a packet, wait for the worker, judge the work, continue.

It can stop anywhere and be resumed: its state is in the record, and everything else can be made again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Final

from gate_tests.errors import DecisionNeeded, GateFailed, Interrupted, InvalidFile, NoVerdict, Refused, suggest
from gate_tests.files.short_hash import hash_content
from gate_tests.isolated_pytest.client import IsolatedPytest
from runner import suggestions
from runner.models import transitions
from runner.models.attempt import Attempt
from runner.models.gate import Gate
from runner.models.run import Run
from runner.models.status import RunStatus
from runner.operations.attempts import compile_run_gate, fail_gate, start_gate
from runner.operations.judged_gate import JudgedGate
from runner.operations.judging import check_gates, finish_gates
from runner.operations.runs import RunRequest, complete_run, plan_run, refuse_unearned_pass
from runner.pipeline.packet_file import read_packet, write_packet
from runner.pipeline.prompt_file import PROMPT_LOG
from runner.pipeline.prompt_packet import PacketRequest, compose_packet
from runner.pipeline.repeated_failure import repeats_last_failure
from runner.pipeline.run_guard import RunGuard, suggest_redo
from runner.pipeline.worker import Action, PipelineObserver, Task, Worker, WorkerResult
from runner.storage.logs import write_log
from runner.storage.rule_agreement import check_against_rules
from runner.storage.store import Store
from runner.workflows.definition import Workflow, WorkflowGate
from runner.workflows.gate_command import GateCommands
from runner.workflows.rule_changes import find_changed_rules

_FORGED: Final = "was recorded as PASS by another process"
_OUTDATED: Final = "passed with another contract than the current one"


@dataclass(frozen=True)
class Pipeline:
    """Runs a run through the gates of its workflow. A failed gate is attempted again up to `retries` times.

    After that, as often as the worker wants. `resume_options` are those of the command that continues the run.
    """

    store: Store
    workflow: Workflow
    prompt_text: str
    worker: Worker
    observer: PipelineObserver
    clock: Callable[[], str]
    retries: int = 0
    resume_options: tuple[str, ...] = ()

    def start(self, request: RunRequest) -> Run:
        """Creates the run and stores its prompt text. If a packet would fail, raises Refused, InvalidFile before."""
        run = plan_run(self.store.workspace, request, self.clock())
        for workflow_gate in self.workflow.gates:
            self._compose_packet(run, workflow_gate)
        self.store.create(run)
        write_log(self.store, run.run_id, PROMPT_LOG, self.prompt_text)
        return run

    def resume(self, run: Run) -> Run:
        """Reopens a completed run. Raises Refused, InvalidFile before the change if the next packet cannot be made."""
        check_against_rules(self.store.workspace, run)
        resumed = transitions.resume_run(run, self.clock())
        if gate := run.first_gate_not_passed:
            self._compose_packet(run, self._find_workflow_gate(run, gate.gate))
        if resumed is run:
            return run
        return self.store.change(run.run_id, lambda run: transitions.resume_run(run, self.clock()))

    def run_gates(self, run: Run) -> Run:
        """Returns the run after a gate that failed, or completed after the last gate. Skips gates that have passed."""
        resume_command = suggestions.resume_run(run.run_id, self.resume_options)
        with _suggest_on_interrupt(resume_command):
            return self._run_gates(run, RunGuard(self.store, self.workflow, run, resume_command))

    def _run_gates(self, run: Run, guard: RunGuard) -> Run:
        self._judge_untrusted(run, guard)
        while run.finished_at is None and (gate := run.first_gate_not_passed):
            guard.check_rules(run, gate)
            run = self._attempt_with_retries(run, self._find_workflow_gate(run, gate.gate), guard)
            self._judge_untrusted(run, guard)
            if not run.gate(gate.gate).has_passed:
                break
        if run.status is not RunStatus.PASSED and run.first_gate_not_passed:
            return run
        guard.check_outputs(run)
        if run.finished_at:
            refuse_unearned_pass(self.store.workspace, run)
            return run
        completed = complete_run(self.store, run.run_id, None, self.clock())
        guard.check_record(completed)
        return completed

    def _judge_untrusted(self, run: Run, guard: RunGuard) -> None:
        """Judges the gates that passed unseen or by other contracts. Raises GateFailed where one does not pass.

        If another process recorded it, that is recorded as a failed attempt, so that no later command counts the PASS.
        """
        failures: list[GateFailed] = []
        for gate, attempt in guard.list_untrusted(run):
            judged = self._check_gate(run.run_id, gate)
            if judged.failure_reason is None:
                self.observer.on_check(judged)
                guard.trust(judged)
                continue
            is_outdated = guard.has_passed_otherwise(gate, attempt)
            reason = f"{_OUTDATED if is_outdated else _FORGED}; judged here: FAIL: {judged.failure_reason}"
            if run.finished_at is None and not is_outdated:
                fail_gate(self.store, run.run_id, gate, f"attempt {attempt.number} {reason}", self.clock())
            message = f"attempt {attempt.number} of gate {gate} {reason}"
            failures.append(GateFailed(message, next_command=suggest_redo(self.store.workspace, run, gate)))
        if failures:
            raise failures[0]

    def _attempt_with_retries(self, run: Run, workflow_gate: WorkflowGate, guard: RunGuard) -> Run:
        """Stops at an attempt that passed, at the last retry, or where another command completed the run.

        Also at a retry that failed exactly as the attempt before it.
        """
        for number in count():
            run = self._run_attempt(run, workflow_gate, guard)
            gate = run.gate(workflow_gate.gate)
            if run.finished_at or gate.has_passed:
                break
            is_repeated = number < self.retries and repeats_last_failure(gate)
            if is_repeated:
                self.observer.on_repeated_failure(gate)
            if is_repeated or number >= self.retries:
                if not self.worker.wants_retry(gate.next_number):
                    break
                run = self.store.read(run.run_id)  # it may have changed while a person decided
                guard.check_rules(run, gate)
                if run.finished_at or run.gate(gate.gate).has_passed:
                    break
        return run

    def _compose_packet(self, run: Run, workflow_gate: WorkflowGate) -> str:
        """The packet of the gate's open attempt, or of the next one. Raises Refused, InvalidFile."""
        gate = run.gate(workflow_gate.gate)
        number = gate.open_attempt.number if gate.open_attempt else gate.next_number
        request = PacketRequest(
            run, workflow_gate, compile_run_gate(self.store, run, workflow_gate.gate), number, self.prompt_text
        )
        return compose_packet(self.store.workspace, request)

    def _find_workflow_gate(self, run: Run, gate: str) -> WorkflowGate:
        """The workflow's definition of a gate. Raises DecisionNeeded, InvalidFile where it was removed from it."""
        for workflow_gate in self.workflow.gates:
            if workflow_gate.gate == gate:
                return workflow_gate
        known = [workflow_gate.gate for workflow_gate in self.workflow.gates]
        message = f"gate {gate!r} of run {run.run_id} is no longer in {self.workflow.path}{suggest(gate, known)}"
        if run.finished_at:  # no command by hand is possible
            raise InvalidFile([message])
        by_hand = GateCommands(self.store.workspace, run, may_accept=True).choose(gate)
        if self.workflow.path in find_changed_rules(self.store.workspace, run, run.gate(gate)):
            raise DecisionNeeded(message, path=self.workflow.path, accept_command=by_hand)
        raise Refused(message, next_command=by_hand)

    def _run_attempt(self, run: Run, workflow_gate: WorkflowGate, guard: RunGuard) -> Run:
        """Runs one attempt, from its packet to its end."""
        gate = run.gate(workflow_gate.gate)
        # Its own work may change what it declares.
        guard.check_outputs(run, compile_run_gate(self.store, run, gate.gate).declares)
        task = (
            self._resume_attempt(run, workflow_gate, gate.open_attempt)
            if gate.open_attempt
            else self._start_attempt(run, workflow_gate)
        )
        task = task._replace(refuse_changes=lambda: self._check_rules(run.run_id, gate.gate, guard))
        self.observer.on_attempt_start(task)
        while (result := self.worker.perform(task)).action is Action.CHECK:
            self._check_attempt(task)
        self._check_rules(run.run_id, gate.gate, guard)
        run, judged = self._end_attempt(task, result)
        if judged:
            guard.trust(judged)
        else:
            guard.check_record(run)
        return run

    def _check_rules(self, run_id: str, gate: str, guard: RunGuard) -> None:
        run = self.store.read(run_id)
        guard.check_rules(run, run.gate(gate))

    def _start_attempt(self, run: Run, workflow_gate: WorkflowGate) -> Task:
        """Starts an attempt that records the hash of its packet, and writes the packet."""
        attempt, packet = (
            run.gate(workflow_gate.gate).next_number,
            self._compose_packet(run, workflow_gate),
        )
        with self.observer.show_progress():
            run = start_gate(
                self.store,
                run.run_id,
                workflow_gate.gate,
                workflow_gate.agent,
                self.clock(),
                prompt_sha256=hash_content(packet.encode()),
            )
        return Task(
            run,
            workflow_gate,
            attempt,
            write_packet(self.store, run.run_id, workflow_gate.gate, attempt, packet),
            is_resumed=False,
            resume_options=self.resume_options,
        )

    def _resume_attempt(self, run: Run, workflow_gate: WorkflowGate, attempt: Attempt) -> Task:
        """Writes the packet of an open attempt again: the one whose hash it recorded, if that file still exists.

        The agent is the attempt's, which may differ from the workflow's.
        """
        workflow_gate = workflow_gate._replace(agent=attempt.agent)
        packet = read_packet(self.store, run.run_id, workflow_gate.gate, attempt)
        if packet is None:
            packet = self._compose_packet(run, workflow_gate)
        path = write_packet(self.store, run.run_id, workflow_gate.gate, attempt.number, packet)
        if attempt.prompt_sha256 != hash_content(packet.encode()):
            run = self.store.change(
                run.run_id,
                lambda run: transitions.record_packet_hash(
                    run, workflow_gate.gate, attempt.number, hash_content(packet.encode())
                ),
            )
        return Task(run, workflow_gate, attempt.number, path, is_resumed=True, resume_options=self.resume_options)

    def _check_attempt(self, task: Task) -> None:
        """Judges without recording. Errors are reported and can be fixed while the attempt stays open."""
        try:
            judged = self._check_gate(task.run.run_id, task.workflow_gate.gate)
        except (InvalidFile, NoVerdict, Refused) as error:
            self.observer.on_check_error(error)
        else:
            self.observer.on_check(judged)

    def _check_gate(self, run_id: str, gate: str) -> JudgedGate:
        with self.observer.open_display() as display, IsolatedPytest(display) as process:
            (judged,) = check_gates(self.store, run_id, [gate], process)
        return judged

    def _end_attempt(self, task: Task, result: WorkerResult) -> tuple[Run, JudgedGate | None]:
        """Ends the attempt, unless another command has; returns the verdict if it was judged here."""
        run_id, gate = task.run.run_id, task.workflow_gate.gate
        run, judged = self.store.read(run_id), None
        if not _is_open(run.gate(gate), task.attempt):
            pass
        elif result.action is Action.FAIL:
            run = fail_gate(self.store, run_id, gate, result.reason, self.clock())
        else:
            judged = self._finish_attempt(task)
            run = judged.run if judged else self.store.read(run_id)
        self.observer.on_attempt_end(run, gate, judged)
        return run, judged

    def _finish_attempt(self, task: Task) -> JudgedGate | None:
        """Judges and records the attempt; None where another command ended it first."""
        run_id, gate = task.run.run_id, task.workflow_gate.gate
        try:
            with self.observer.open_display() as display, IsolatedPytest(display) as process:
                (judged,) = finish_gates(self.store, run_id, [gate], self.clock, process)
        except Refused:
            if _is_open(self.store.read(run_id).gate(gate), task.attempt):
                raise
            return None
        return judged


@contextmanager
def _suggest_on_interrupt(resume_command: str) -> Iterator[None]:
    """Makes every interrupt name the command that resumes the run."""
    try:
        yield
    except Interrupted as error:
        error.next_command = resume_command
        raise
    except KeyboardInterrupt:
        raise Interrupted("interrupted", next_command=resume_command) from None


def _is_open(gate: Gate, attempt: int) -> bool:
    return gate.open_attempt is not None and gate.open_attempt.number == attempt
