"""A worker that sends a notification before it asks the person at the terminal for a key."""

from typing import TYPE_CHECKING

from gate_tests.typing_compat import override
from runner.agents.notification import Event
from runner.pipeline.worker import Task, Worker, WorkerResult, build_pause_error

if TYPE_CHECKING:
    from runner.cli.pipeline.notifier import PipelineNotifier


class NotifyingWorker(Worker):
    """Tells once for each attempt, and of one that failed when it asks whether to try again."""

    def __init__(self, notifier: "PipelineNotifier", worker: Worker) -> None:
        self._notifier, self._worker = notifier, worker
        self._task: Task | None = None

    @override
    def perform(self, task: Task) -> WorkerResult:
        self._task, pause = task, build_pause_error(task)
        self._notifier.tell(Event.PERSON_AWAITED, task.run, task.run.run_id, pause.message, pause.next_command)
        return self._worker.perform(task)

    @override
    def wants_retry(self, number: int) -> bool:
        if self._task:
            self._notifier.tell_failure(self._notifier.cli.store.read(self._task.run.run_id))
        return self._worker.wants_retry(number)
