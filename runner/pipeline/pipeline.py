"""A run from its first gate to its last: hand over a packet, wait for the work, judge it, go on.

It can stop anywhere and go on from there: what it has to know stands in the record, and the rest can be made again.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from gate_tests.errors import Interrupted, InvalidFile, NoVerdict, Refused, suggest
from gate_tests.files.regular_file import read_regular_file
from gate_tests.isolated_pytest.client import IsolatedPytest
from runner import suggestions
from runner.models import transitions
from runner.models.attempt import Attempt
from runner.models.run import Gate, Run
from runner.models.status import GateStatus
from runner.operations.attempts import compile_run_gate, fail_gate, start_gate
from runner.operations.judged_gate import JudgedGate
from runner.operations.judging import check_gates, finish_gates
from runner.operations.runs import RunRequest, complete_run, plan_run
from runner.pipeline.prompt_file import KEPT_AT
from runner.pipeline.prompt_packet import PacketRequest, compose_packet
from runner.pipeline.worker import Act, Answer, Audience, Handover, Worker
from runner.storage.logs import write_log
from runner.storage.store import Store
from runner.workflows.definition import Workflow, WorkflowGate
from runner.workflows.next_command import choose_gate_command


@dataclass(frozen=True)
class Pipeline:
    """Leads through the gates of a workflow. A gate that fails is tried again `retries` times."""

    store: Store
    workflow: Workflow
    topic: str
    worker: Worker
    audience: Audience
    clock: Callable[[], str]
    retries: int = 0

    def begin(self, request: RunRequest) -> Run:
        """Creates the run and keeps the text it is about. What no packet can be made for is refused before that."""
        run = plan_run(self.store.workspace, request, self.clock())
        for step in self.workflow.gates:
            self._packet(run, step)
        self.store.create(run)
        write_log(self.store, run.run_id, KEPT_AT, self.topic)
        return run

    def resume(self, run: Run) -> Run:
        """The run, ready to go on. What no packet can be made for is refused before it is changed."""
        resumed = transitions.resume_run(run, self.clock())
        if gate := _next_gate(run):
            self._packet(run, self._step(run, gate))
        if resumed is run:
            return run
        return self.store.change(run.run_id, lambda run: transitions.resume_run(run, self.clock()))

    def proceed(self, run: Run) -> Run:
        """The run as it stands after a gate that failed, or completed after the last. Passed gates stay as they are."""
        with _interrupt_names_resume(run.run_id):
            return self._proceed(run)

    def _proceed(self, run: Run) -> Run:
        while run.finished_at is None and (gate := _next_gate(run)) is not None:
            run = self._try_often(run, self._step(run, gate))
            if not _has_passed(run, gate):
                return run
        return run if run.finished_at else complete_run(self.store, run.run_id, None, self.clock())

    def _try_often(self, run: Run, step: WorkflowGate) -> Run:
        """The run after an attempt that passed, or after as many as may be; or completed by somebody else meanwhile."""
        for _ in range(1 + self.retries):
            run = self._try(run, step)
            if run.finished_at or _has_passed(run, step.gate):
                break
        return run

    def _packet(self, run: Run, step: WorkflowGate) -> str:
        """The packet of the gate's open attempt, or of its next one. Raises Refused, InvalidFile."""
        gate = run.gate(step.gate)
        number = gate.open_attempt.number if gate.open_attempt else transitions.next_number(gate)
        request = PacketRequest(run, step, compile_run_gate(self.store, run, step.gate), number, self.topic)
        return compose_packet(self.store.workspace, request)

    def _step(self, run: Run, gate: str) -> WorkflowGate:
        """What the workflow says of a gate of the run. Raises Refused, InvalidFile where it has none such any more."""
        for step in self.workflow.gates:
            if step.gate == gate:
                return step
        known = [step.gate for step in self.workflow.gates]
        told = f"{self.workflow.path} has no gate {gate!r} any more{suggest(gate, known)}; run {run.run_id} has one"
        if run.finished_at:  # nobody can go on with it by hand
            raise InvalidFile([told])
        raise Refused(
            told,
            next_command=choose_gate_command(run, run.gate(gate), lambda _: "NAME"),
        )

    def _try(self, run: Run, step: WorkflowGate) -> Run:
        """One attempt, from its packet to its end."""
        gate = run.gate(step.gate)
        handover = self._take_up(run, step, gate.open_attempt) if gate.open_attempt else self._begin(run, step)
        self.audience.announce(handover)
        while (answer := self.worker.take(handover)).act is Act.CHECK:
            self._check(handover)
        return self._end(handover, answer)

    def _begin(self, run: Run, step: WorkflowGate) -> Handover:
        """Starts an attempt that carries the hash of the gate's packet, and writes that."""
        attempt, packet = transitions.next_number(run.gate(step.gate)), self._packet(run, step)
        with self.audience.wait():
            run = start_gate(self.store, run.run_id, step.gate, step.agent, self.clock(), prompt_sha256=_hash(packet))
        return Handover(run, step, attempt, self._write(run, step, attempt, packet), taken_up=False)

    def _take_up(self, run: Run, step: WorkflowGate, attempt: Attempt) -> Handover:
        """Hands the packet of an open attempt over again: the one it carries the hash of, if that is still there.

        It is for whoever the attempt was started for, whom the workflow need not name.
        """
        step = step._replace(agent=attempt.agent)
        packet = self._kept_packet(run, step, attempt)
        if packet is None:
            packet = self._packet(run, step)
        path = self._write(run, step, attempt.number, packet)
        if attempt.prompt_sha256 != _hash(packet):
            run = self.store.change(
                run.run_id, lambda run: transitions.hand_packet(run, step.gate, attempt.number, _hash(packet))
            )
        return Handover(run, step, attempt.number, path, taken_up=True)

    def _kept_packet(self, run: Run, step: WorkflowGate, attempt: Attempt) -> str | None:
        workspace = self.store.workspace
        path = f"{workspace.run_path(run.run_id)}/logs/{_packet_name(step, attempt.number)}"
        try:
            packet = read_regular_file(workspace.root / workspace.confine(path, "packet")).decode()
        except (OSError, UnicodeDecodeError, Refused):
            return None
        return packet if _hash(packet) == attempt.prompt_sha256 else None

    def _write(self, run: Run, step: WorkflowGate, attempt: int, packet: str) -> str:
        """Writes it by its attempt's number, and as the newest; gives the path of that."""
        write_log(self.store, run.run_id, _packet_name(step, attempt), packet)
        return write_log(self.store, run.run_id, f"gates/{step.gate}/prompt.txt", packet)

    def _check(self, handover: Handover) -> None:
        """A look in between. What keeps it from a verdict is told, and can be mended while the attempt waits."""
        try:
            with self.audience.watch() as display, IsolatedPytest(display) as process:
                (judged,) = check_gates(self.store, handover.run.run_id, [handover.step.gate], process)
        except (InvalidFile, NoVerdict, Refused) as error:
            self.audience.hear_trouble(error)
        else:
            self.audience.hear_check(judged)

    def _end(self, handover: Handover, answer: Answer) -> Run:
        """The run with the attempt ended, by us unless somebody else did it meanwhile."""
        run_id, gate = handover.run.run_id, handover.step.gate
        run, judged = self.store.read(run_id), None
        if not _is_open(run.gate(gate), handover.attempt):
            pass
        elif answer.act is Act.FAIL:
            run = fail_gate(self.store, run_id, gate, answer.reason, self.clock())
        else:
            judged = self._finish(handover)
            run = judged.run if judged else self.store.read(run_id)
        self.audience.hear_end(run, gate, judged)
        return run

    def _finish(self, handover: Handover) -> JudgedGate | None:
        """The attempt as it was judged and recorded; None where somebody else was quicker."""
        run_id, gate = handover.run.run_id, handover.step.gate
        try:
            with self.audience.watch() as display, IsolatedPytest(display) as process:
                (judged,) = finish_gates(self.store, run_id, [gate], self.clock, process)
        except Refused:
            if _is_open(self.store.read(run_id).gate(gate), handover.attempt):
                raise
            return None
        return judged


@contextmanager
def _interrupt_names_resume(run_id: str) -> Iterator[None]:
    """Whoever interrupts the pipeline, whatever it is busy with, is told how it goes on."""
    try:
        yield
    except Interrupted as error:
        error.next_command = suggestions.resume_run(run_id)
        raise
    except KeyboardInterrupt:
        raise Interrupted("interrupted", next_command=suggestions.resume_run(run_id)) from None


def _next_gate(run: Run) -> str | None:
    """The first gate that has not passed."""
    return next((gate.gate for gate in run.gates if gate.status is not GateStatus.PASS), None)


def _has_passed(run: Run, gate: str) -> bool:
    return run.gate(gate).status is GateStatus.PASS


def _is_open(gate: Gate, attempt: int) -> bool:
    return gate.open_attempt is not None and gate.open_attempt.number == attempt


def _packet_name(step: WorkflowGate, attempt: int) -> str:
    return f"gates/{step.gate}/prompt-{attempt}.txt"


def _hash(packet: str) -> str:
    return sha256(packet.encode()).hexdigest()
