"""A worker for a pipeline that nobody watches."""

import pytest

from gate_tests.errors import Exit, Paused
from runner.pipeline.worker import Action, Task, UnattendedWorker, WorkerResult, build_pause_error
from runner.workflows.definition import WorkflowGate
from tests.support.messages import message
from tests.support.sample_run import RUN_ID, new_run


def task(attempt: int = 1, *, is_resumed: bool) -> Task:
    return Task(new_run(), WorkflowGate("G1", "One", "maker", "p.md", ""), attempt, "packet.txt", is_resumed)


def test_it_cannot_wait_for_a_new_attempt() -> None:
    with pytest.raises(Paused):
        UnattendedWorker().perform(task(is_resumed=False))


def test_to_resume_says_that_the_work_of_the_open_attempt_is_done_and_of_no_other() -> None:
    worker = UnattendedWorker()
    assert worker.perform(task(is_resumed=True)) == WorkerResult(Action.FINISH)
    for is_resumed in (True, False):
        with pytest.raises(Paused):
            worker.perform(task(2, is_resumed=is_resumed))


def test_the_pause_names_gate_and_attempt_and_the_command_that_resumes_the_run() -> None:
    error = build_pause_error(task(7, is_resumed=False))
    assert (error.exit_code, error.next_command) == (Exit.PAUSED, f"orch run resume --run {RUN_ID}")
    assert error.message == message("paused", gate="G1", attempt=7)
