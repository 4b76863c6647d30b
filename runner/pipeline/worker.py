"""A packet that is handed over, who takes it, and what they answer."""

from contextlib import AbstractContextManager
from enum import StrEnum
from typing import NamedTuple, Protocol

from gate_tests.errors import OrchError, Paused
from gate_tests.isolated_pytest.display import Display
from runner import suggestions
from runner.models.run import Run
from runner.operations.judged_gate import JudgedGate
from runner.workflows.definition import WorkflowGate


class Handover(NamedTuple):
    """A packet that waits for somebody to do its work. `taken_up`: for an attempt that somebody began before."""

    run: Run
    step: WorkflowGate
    attempt: int
    packet_path: str
    taken_up: bool


class Act(StrEnum):
    """What is to be done with an attempt."""

    FINISH = "finish"
    CHECK = "check"
    FAIL = "fail"


class Answer(NamedTuple):
    """What whoever did the work, or stands for those who do, wants done now. A failure has a reason."""

    act: Act
    reason: str = ""


class Worker(Protocol):
    """Who takes a packet and does its work, or has it done."""

    def take(self, handover: Handover) -> Answer:
        """Returns when something is to be done with the attempt. Raises Paused where it has to wait."""


class Audience(Protocol):
    """Who reads what comes of the work."""

    def watch(self) -> AbstractContextManager[Display]:
        """Where pytest's lines go while the work is judged."""

    def wait(self) -> AbstractContextManager[None]:
        """Meanwhile the outputs that stand already are hashed, which may take long."""

    def announce(self, handover: Handover) -> None:
        """Gets to know that a packet was written and an attempt is open."""

    def hear_check(self, judged: JudgedGate) -> None:
        """Gets the verdict of a look in between, of which nothing is recorded."""

    def hear_trouble(self, error: OrchError) -> None:
        """Gets to know why there was no verdict in between."""

    def hear_end(self, run: Run, gate: str, judged: JudgedGate | None) -> None:
        """Gets the end of an attempt, which is recorded by now; `judged` unless somebody else ended it."""


class Nobody:
    """Nobody is there to wait for: an attempt that was begun before is judged, the next one has to wait."""

    def __init__(self) -> None:
        self._has_answered = False

    def take(self, handover: Handover) -> Answer:
        """Whoever resumes says with it that the work of the open attempt is done: of that one, and of no other."""
        if handover.taken_up and not self._has_answered:
            self._has_answered = True
            return Answer(Act.FINISH)
        raise paused(handover)


def paused(handover: Handover) -> Paused:
    """The error that says where the pipeline waits and how it goes on."""
    run_id = handover.run.run_id
    return Paused(
        f"paused at gate {handover.step.gate} of run {run_id}, attempt {handover.attempt}, until its work is done",
        next_command=suggestions.resume_run(run_id),
    )
