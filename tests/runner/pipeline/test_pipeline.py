"""A pipeline leads a run through its gates: which attempts it starts, which packets it writes, where it stops."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import sha256

import pytest

from gate_tests.errors import DecisionNeeded, Interrupted, InvalidFile, OrchError, Paused
from gate_tests.isolated_pytest.display import Display
from gate_tests.workspace.names import Depth
from runner.models.gate import Gate
from runner.models.run import Run
from runner.models.status import GateStatus, RunStatus
from runner.operations.attempts import fail_gate, start_gate
from runner.operations.judged_gate import JudgedGate
from runner.operations.runs import RunRequest, complete_run
from runner.pipeline.pipeline import Pipeline
from runner.pipeline.worker import Action, Task, UnattendedWorker, Worker, WorkerResult
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.repository import Repository

NOW = "2026-11-22T09:30:00.000Z"
FINISH, CHECK, FAIL = WorkerResult(Action.FINISH), WorkerResult(Action.CHECK), WorkerResult(Action.FAIL, "made up")
Step = Callable[[Task], WorkerResult]


@dataclass
class Scripted(Worker):
    """A worker that does one step after the other, and records its tasks."""

    steps: Sequence[Step | WorkerResult]
    tasks: list[Task] = field(default_factory=list)

    def perform(self, task: Task) -> WorkerResult:
        step = self.steps[len(self.tasks)]
        self.tasks.append(task)
        return step if isinstance(step, WorkerResult) else step(task)


@dataclass
class Observer:
    """Records what it is notified of."""

    events: list[str] = field(default_factory=list)

    @contextlib.contextmanager
    def open_display(self) -> Iterator[Display]:
        yield Display(lambda _: None)

    @contextlib.contextmanager
    def show_progress(self) -> Iterator[None]:
        yield

    def on_attempt_start(self, task: Task) -> None:
        self.events.append(f"{task.workflow_gate.gate}/{task.attempt}{' resumed' if task.is_resumed else ''}")

    def on_check(self, judged: JudgedGate) -> None:
        self.events.append(f"checked {judged.status}")

    def on_check_error(self, error: OrchError) -> None:
        self.events.append(f"error {type(error).__name__}")

    def on_repeated_failure(self, gate: Gate) -> None:
        self.events.append(f"{gate.gate}/{gate.attempts[-1].number} repeats the failure")

    def on_attempt_end(self, run: Run, gate: str, judged: JudgedGate | None) -> None:
        self.events.append(f"{run.gate(gate).attempts[-1].status}{'' if judged else ' by another'}")


@pytest.fixture
def two_gates(repository: Repository) -> Repository:
    """A workflow of two gates; each requires a file of its name."""
    for gate in ("G1", "G2"):
        repository.write_contract(gate, required_outputs={"all_of": [{"path": f"{gate}.md"}]})
    repository.write_workflow("G1", "G2")
    return repository


def pipeline(repository: Repository, worker: Worker, observer: Observer | None = None, retries: int = 0) -> Pipeline:
    workflow, store = load_workflow(repository.workspace, "tests"), Store(repository.workspace)
    return Pipeline(store, workflow, "About tea.", worker, observer or Observer(), lambda: NOW, retries)


def request(repository: Repository) -> RunRequest:
    return RunRequest(load_workflow(repository.workspace, "tests"), "tea", None, Depth.STANDARD)


def writes(repository: Repository, *gates: str) -> Step:
    """A step that does the work of these gates."""

    def work(_: Task) -> WorkerResult:
        for gate in gates:
            repository.write(f"{gate}.md", gate)
        return FINISH

    return work


def log(repository: Repository, run: Run, path: str) -> str:
    return (repository.root / repository.workspace.run_path(run.run_id) / "logs" / path).read_text()


@pytest.mark.slow
def test_each_gate_has_an_attempt_with_a_packet_and_the_last_one_completes_the_run(two_gates: Repository) -> None:
    worker, observer = Scripted([writes(two_gates, "G1"), writes(two_gates, "G2")]), Observer()
    leads = pipeline(two_gates, worker, observer)
    run = leads.run_gates(leads.start(request(two_gates)))
    assert (run.status, run.finished_at) == (RunStatus.PASSED, NOW)
    assert observer.events == ["G1/1", "PASS", "G2/1", "PASS"]
    for task in worker.tasks:
        gate = task.workflow_gate.gate
        packet = (two_gates.root / task.packet_path).read_text()
        assert packet == log(two_gates, run, f"gates/{gate}/prompt-1.txt")
        assert run.gate(gate).attempts[0].prompt_sha256 == sha256(packet.encode()).hexdigest()
    assert log(two_gates, run, "prompts/original.txt") == "About tea."


def test_a_gate_that_fails_stops_it_before_the_next_one(two_gates: Repository) -> None:
    leads = pipeline(two_gates, Scripted([FINISH]))
    run = leads.run_gates(leads.start(request(two_gates)))
    assert [gate.status for gate in run.gates] == [GateStatus.FAIL, GateStatus.NOT_STARTED]
    assert run.finished_at is None


@pytest.mark.slow
def test_a_retry_that_fails_as_the_attempt_before_is_the_last(two_gates: Repository) -> None:
    observer = Observer()
    leads = pipeline(two_gates, Scripted([FINISH, FINISH]), observer, retries=9)
    run = leads.run_gates(leads.start(request(two_gates)))
    assert [len(gate.attempts) for gate in run.gates] == [2, 0]
    assert observer.events[-1] == "G1/2 repeats the failure"


@pytest.mark.slow
def test_a_retry_gets_a_packet_that_says_what_failed(two_gates: Repository) -> None:
    def write_blank(_: Task) -> WorkerResult:
        two_gates.write("G1.md", " ")
        return FINISH

    worker = Scripted([FINISH, write_blank, writes(two_gates, "G1"), writes(two_gates, "G2")])
    leads = pipeline(two_gates, worker, retries=2)
    run = leads.run_gates(leads.start(request(two_gates)))
    assert run.status is RunStatus.PASSED
    assert [attempt.status for attempt in run.gate("G1").attempts] == [
        GateStatus.FAIL, GateStatus.FAIL, GateStatus.PASS,
    ]  # fmt: skip
    assert "What failed in attempt 2" in log(two_gates, run, "gates/G1/prompt-3.txt")
    assert "What failed" not in log(two_gates, run, "gates/G1/prompt-1.txt")


@pytest.mark.slow
def test_a_check_records_nothing_and_the_worker_is_asked_again(two_gates: Repository) -> None:
    def break_contract(_: Task) -> WorkerResult:
        two_gates.write("orchestration/gates/contracts/G1.contract.json", "{")
        return CHECK

    def mend_contract(_: Task) -> WorkerResult:
        two_gates.write_contract("G1", required_outputs={"all_of": [{"path": "G1.md"}]})
        return writes(two_gates, "G1")(_)

    observer = Observer()
    leads = pipeline(two_gates, Scripted([CHECK, break_contract, mend_contract, FINISH]), observer)
    run = leads.run_gates(leads.start(request(two_gates)))
    assert observer.events[:4] == ["G1/1", "checked FAIL", "error InvalidFile", "PASS"]
    assert len(run.gate("G1").attempts) == 1


def test_a_worker_may_fail_an_attempt_and_say_why(two_gates: Repository) -> None:
    observer = Observer()
    leads = pipeline(two_gates, Scripted([FAIL]), observer)
    run = leads.run_gates(leads.start(request(two_gates)))
    assert run.gate("G1").attempts[-1].failure_reason == "made up"
    assert observer.events == ["G1/1", "FAIL by another"]


def test_an_attempt_that_another_command_ended_is_not_judged_again(two_gates: Repository) -> None:
    def ended_elsewhere(task: Task) -> WorkerResult:
        fail_gate(Store(two_gates.workspace), task.run.run_id, "G1", "no", NOW)
        return FINISH

    observer = Observer()
    leads = pipeline(two_gates, Scripted([ended_elsewhere]), observer)
    run = leads.run_gates(leads.start(request(two_gates)))
    assert (len(run.gate("G1").attempts), observer.events) == (1, ["G1/1", "FAIL by another"])


def test_a_run_that_another_command_completed_is_left_alone(two_gates: Repository) -> None:
    def completed_elsewhere(task: Task) -> WorkerResult:
        store = Store(two_gates.workspace)
        fail_gate(store, task.run.run_id, "G1", "no", NOW)
        complete_run(store, task.run.run_id, None, NOW)
        return FINISH

    leads = pipeline(two_gates, Scripted([completed_elsewhere]), retries=3)
    run = leads.run_gates(leads.start(request(two_gates)))
    assert (run.status, len(run.gate("G1").attempts)) == (RunStatus.FAILED, 1)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), Interrupted("interrupted")], ids=["Ctrl-C", "interrupted"])
def test_whatever_interrupts_it_names_the_command_that_resumes(two_gates: Repository, error: BaseException) -> None:
    def interrupted(_: Task) -> WorkerResult:
        raise error

    leads = pipeline(two_gates, Scripted([interrupted]))
    run = leads.start(request(two_gates))
    with pytest.raises(Interrupted) as caught:
        leads.run_gates(run)
    assert caught.value.next_command == f"orch run resume --run {run.run_id}"
    assert Store(two_gates.workspace).read(run.run_id).gate("G1").open_attempt


# What cannot be led


def test_a_run_is_not_created_where_a_later_packet_could_not_be_made(two_gates: Repository) -> None:
    (two_gates.root / "orchestration/prompts/tests/G2.md").unlink()
    with pytest.raises(InvalidFile):
        pipeline(two_gates, Scripted([])).start(request(two_gates))
    assert two_gates.workspace.runs() == []


def test_a_completed_run_is_not_reopened_where_its_next_packet_cannot_be_made(two_gates: Repository) -> None:
    leads = pipeline(two_gates, Scripted([FINISH]))
    run = leads.run_gates(leads.start(request(two_gates)))
    run = complete_run(leads.store, run.run_id, None, NOW)
    (two_gates.root / "orchestration/prompts/tests/G1.md").unlink()
    before = two_gates.snapshot()
    with pytest.raises(InvalidFile):
        leads.resume(run)
    assert two_gates.snapshot() == before


def test_a_gate_that_the_workflow_has_lost_is_refused_with_the_command_by_hand(two_gates: Repository) -> None:
    run = pipeline(two_gates, Scripted([])).start(request(two_gates))
    two_gates.write_workflow("G2")
    with pytest.raises(DecisionNeeded) as caught:
        pipeline(two_gates, Scripted([])).resume(run)
    start = f"orch gate start --run {run.run_id} --gate G1 --agent NAME --accept-contract"
    assert caught.value.accept_command == start


# Resuming


@pytest.mark.slow
def test_it_resumes_at_the_first_gate_that_has_not_passed_with_a_new_attempt(two_gates: Repository) -> None:
    first = pipeline(two_gates, Scripted([writes(two_gates, "G1"), FINISH]))
    run = first.run_gates(first.start(request(two_gates)))
    observer = Observer()
    second = pipeline(two_gates, Scripted([writes(two_gates, "G2")]), observer)
    run = second.run_gates(second.resume(run))
    assert observer.events == ["G2/2", "PASS"]
    assert run.status is RunStatus.PASSED


def paused(repository: Repository) -> Run:
    """A run with an open attempt at G1, begun by a pipeline that could not wait."""
    leads = pipeline(repository, UnattendedWorker())
    run = leads.start(request(repository))
    with pytest.raises(Paused) as caught:
        leads.run_gates(run)
    assert caught.value.next_command == f"orch run resume --run {run.run_id}"
    return leads.store.read(run.run_id)


@pytest.mark.slow
def test_without_anybody_to_wait_for_it_pauses_and_a_resume_judges_that_attempt_and_pauses_at_the_next(
    two_gates: Repository,
) -> None:
    run, observer = paused(two_gates), Observer()
    two_gates.write("G1.md", "G1")
    leads = pipeline(two_gates, UnattendedWorker(), observer)
    with pytest.raises(Paused):
        leads.run_gates(leads.resume(run))
    assert observer.events == ["G1/1 resumed", "PASS", "G2/1"]


def test_an_open_attempt_keeps_the_packet_that_it_was_started_with(two_gates: Repository) -> None:
    run = paused(two_gates)
    two_gates.write("orchestration/prompts/tests/G1.md", "Other instructions.\n")
    worker = Scripted([FINISH])
    leads = pipeline(two_gates, worker)
    leads.run_gates(leads.resume(run))
    assert "Other instructions." not in (two_gates.root / worker.tasks[0].packet_path).read_text()


@pytest.mark.parametrize("content", [None, b"something else", b"\xff"], ids=["missing", "changed", "no UTF-8"])
def test_a_packet_that_is_lost_is_made_anew_and_its_hash_recorded(two_gates: Repository, content: bytes | None) -> None:
    run = paused(two_gates)
    kept = two_gates.root / two_gates.workspace.run_path(run.run_id) / "logs/gates/G1/prompt-1.txt"
    kept.unlink()
    if content is not None:
        kept.write_bytes(content)
    two_gates.write("orchestration/prompts/tests/G1.md", "Other instructions.\n")
    worker = Scripted([FINISH])
    leads = pipeline(two_gates, worker)
    run = leads.run_gates(leads.resume(run))
    packet = (two_gates.root / worker.tasks[0].packet_path).read_bytes()
    assert b"Other instructions." in packet
    assert run.gate("G1").attempts[0].prompt_sha256 == sha256(packet).hexdigest()


def test_an_attempt_that_somebody_started_by_hand_is_taken_up_for_its_agent(two_gates: Repository) -> None:
    leads = pipeline(two_gates, worker := Scripted([FINISH]))
    run = leads.start(request(two_gates))
    run = start_gate(leads.store, run.run_id, "G1", "somebody", NOW)
    leads.run_gates(run)
    assert (worker.tasks[0].workflow_gate.agent, worker.tasks[0].is_resumed) == ("somebody", True)
    assert "- Agent: somebody\n" in (two_gates.root / worker.tasks[0].packet_path).read_text()
