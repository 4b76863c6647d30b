"""A run from its first gate to its last, with a person in the loop: hand over a packet, wait, judge, go on."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from gate_tests.display import Display
from gate_tests.errors import Refused
from gate_tests.files import read_regular_file
from gate_tests.judging_process import JudgingProcess
from gate_tests.names import check_text
from gate_tests.workspace import Workspace
from runner.attempt import GateStatus
from runner.gates import compile_for, start_gate
from runner.judged import JudgedGate, finish_gates
from runner.lifecycle import next_number
from runner.packet import PacketRequest, compose_packet, topic_of
from runner.record import Prompt, Run
from runner.runs import RunRequest, complete_run, plan_run
from runner.store import Store
from runner.workflow import Workflow, WorkflowGate


@dataclass(frozen=True)
class Handover:
    """A packet that waits for somebody to do its work."""

    run: Run
    step: WorkflowGate
    attempt: int
    packet_path: str


class Person(Protocol):
    """Who does the work, or stands for those who do, and reads what comes of it."""

    def take(self, handover: Handover) -> None:
        """Returns when the work is done. Raises Paused where nobody is there to say so."""

    def watch(self) -> AbstractContextManager[Display]:
        """Where pytest's lines go while the work is judged."""

    def hear(self, judged: JudgedGate) -> None:
        """Gets the verdict, which is recorded by now."""


@dataclass(frozen=True)
class PromptFile:
    """The text a run is about, and how the record names the file it came from."""

    name: str
    text: str

    @property
    def recorded(self) -> Prompt:
        """The file's name and the hash of its bytes."""
        return Prompt(self.name, sha256(self.text.encode()).hexdigest())

    @classmethod
    def read(cls, workspace: Workspace, path: Path) -> "PromptFile":
        """Reads a UTF-8 file. A file outside the root is named by its base name alone. Raises Refused."""
        try:
            text = read_regular_file(path).decode()
        except UnicodeDecodeError:
            raise Refused(f"{path}: the prompt file is not UTF-8") from None
        except OSError as error:
            raise Refused(f"{path}: the prompt file cannot be read ({error.strerror})") from None
        try:
            name = path.resolve().relative_to(workspace.root.resolve()).as_posix()
        except ValueError:
            name = path.name
        return cls(check_text(name, "the prompt file's name"), text)


@dataclass(frozen=True)
class Pipeline:
    """Leads a person through the gates of a workflow."""

    store: Store
    workflow: Workflow
    person: Person
    clock: Callable[[], str]

    def begin(self, request: RunRequest, prompt: PromptFile | None) -> Run:
        """Creates the run and keeps the text it is about. What no packet can be made for is refused before that."""
        run = plan_run(self.store.workspace, request, self.clock())
        for step in self.workflow.gates:
            self._packet(run, step, prompt)
        self.store.create(run)
        self.store.write_log(run.run_id, "prompts/original.txt", _topic(run, prompt))
        return run

    def proceed(self, run: Run, prompt: PromptFile | None) -> Run:
        """The run as it stands after the first gate that fails, or completed after the last."""
        for step in self.workflow.gates:
            self.person.take(self._hand_over(run, step, prompt))
            with self.person.watch() as display, JudgingProcess(display) as process:
                (judged,) = finish_gates(self.store, run.run_id, [step.gate], self.clock, process)
            self.person.hear(judged)
            if judged.status is not GateStatus.PASS:
                return judged.run
            run = judged.run
        return complete_run(self.store, run.run_id, None, self.clock())

    def _hand_over(self, run: Run, step: WorkflowGate, prompt: PromptFile | None) -> Handover:
        """Writes the gate's packet and starts the attempt that carries its hash."""
        attempt = next_number(run.gate(step.gate))
        packet = self._packet(run, step, prompt)
        self.store.write_log(run.run_id, f"gates/{step.gate}/prompt-{attempt}.txt", packet)
        path = self.store.write_log(run.run_id, f"gates/{step.gate}/prompt.txt", packet)
        hashed = sha256(packet.encode()).hexdigest()
        run = start_gate(self.store, run.run_id, step.gate, step.agent, self.clock(), prompt_sha256=hashed)
        return Handover(run, step, attempt, path)

    def _packet(self, run: Run, step: WorkflowGate, prompt: PromptFile | None) -> str:
        compiled = compile_for(self.store, run, step.gate)
        attempt = next_number(run.gate(step.gate))
        request = PacketRequest(run, step, compiled, attempt, _topic(run, prompt))
        return compose_packet(self.store.workspace, request)


def _topic(run: Run, prompt: PromptFile | None) -> str:
    return prompt.text if prompt else topic_of(run.workflow.slug)
