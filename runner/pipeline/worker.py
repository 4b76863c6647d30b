"""The interfaces of a pipeline: the task of an attempt, the worker that does it, the observer that reports on it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import NamedTuple, Protocol

from gate_tests.errors import OrchError, Paused
from gate_tests.isolated_pytest.display import Display
from gate_tests.typing_compat import override
from runner import suggestions
from runner.models.gate import Gate
from runner.models.run import Run
from runner.operations.judged_gate import JudgedGate
from runner.workflows.definition import WorkflowGate


class Task(NamedTuple):
    """The work of an open attempt, described in a prompt packet. `is_resumed`: the attempt was open already."""

    run: Run
    workflow_gate: WorkflowGate
    attempt: int
    packet_path: str
    is_resumed: bool
    resume_options: tuple[str, ...] = ()
    """The options of the command that continues the run as this one does."""
    refuse_changes: Callable[[], object] = lambda: None
    """Raises DecisionNeeded, Refused where the rules or the record changed since the pipeline began."""

    @property
    def resume_command(self) -> str:
        """The command that continues the run."""
        return suggestions.resume_run(self.run.run_id, self.resume_options)


class Action(StrEnum):
    """What the pipeline does next with an attempt."""

    FINISH = "finish"
    CHECK = "check"
    FAIL = "fail"


class WorkerResult(NamedTuple):
    """What a worker requests; `reason` is why the attempt failed, for Action.FAIL."""

    action: Action
    reason: str = ""


class Worker(Protocol):
    """Does the work of a task, or waits until somebody has done it."""

    def perform(self, task: Task) -> WorkerResult:
        """Blocks until the pipeline has to act on the attempt. Raises Paused where it cannot wait."""

    def wants_retry(self, number: int) -> bool:
        """Whether to start attempt `number` after one that failed, when the pipeline has no retries left."""
        return False


class PipelineObserver(Protocol):
    """Is notified of the progress of a pipeline."""

    def open_display(self) -> AbstractContextManager[Display]:
        """Receives pytest's output while the work is judged."""

    def show_progress(self) -> AbstractContextManager[None]:
        """Active while existing outputs are hashed, which may take long."""

    def on_attempt_start(self, task: Task) -> None:
        """A packet was written and an attempt is open."""

    def on_check(self, judged: JudgedGate) -> None:
        """A check has a verdict, which is not recorded."""

    def on_check_error(self, error: OrchError) -> None:
        """A check reached no verdict."""

    def on_repeated_failure(self, gate: Gate) -> None:
        """A retry failed exactly as the attempt before it, so that no other is started without being asked for."""

    def on_attempt_end(self, run: Run, gate: str, judged: JudgedGate | None) -> None:
        """The end of an attempt is recorded; `judged` is None where the pipeline did not judge it."""


class UnattendedWorker(Worker):
    """A worker for a pipeline without a terminal: finishes the attempt it resumes, then pauses."""

    def __init__(self) -> None:
        self._has_finished = False

    @override
    def perform(self, task: Task) -> WorkerResult:
        # Resuming says that the work of the open attempt is done: of that attempt, and of no other.
        if task.is_resumed and not self._has_finished:
            self._has_finished = True
            return WorkerResult(Action.FINISH)
        raise build_pause_error(task)


def build_pause_error(task: Task) -> Paused:
    """The error that says at which attempt the pipeline waits, and the command that continues."""
    return Paused(
        f"paused at gate {task.workflow_gate.gate}, attempt {task.attempt}: waiting for a person or an agent",
        next_command=task.resume_command,
    )
