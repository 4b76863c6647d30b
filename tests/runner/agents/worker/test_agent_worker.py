"""A worker that runs an agent's program: what is recorded of its end, and when the agent is called again."""

import contextlib
import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate_tests.errors import DecisionNeeded, Interrupted, Paused
from gate_tests.isolated_pytest.display import Display
from gate_tests.workspace.names import Depth
from runner.agents.commands.agent_command import AgentCommand
from runner.agents.worker.agent_worker import AgentWorker
from runner.agents.worker.budget import Budget
from runner.models.run import Run
from runner.models.status import RunStatus
from runner.models.usage import Usage
from runner.operations.attempts import fail_gate, start_gate
from runner.operations.runs import RunRequest, complete_run, start_run
from runner.pipeline.worker import Action, Task, WorkerResult
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.messages import message
from tests.support.repository import Repository

NOW = "2026-11-22T09:30:00.000Z"


@pytest.fixture
def task(repository: Repository) -> Task:
    """The task of an open attempt at G1, with its packet."""
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "a.md"}]})
    repository.write_workflow("G1")
    workflow, store = load_workflow(repository.workspace, "tests"), Store(repository.workspace)
    run_id = start_run(store, RunRequest(workflow, "tea", None, Depth.STANDARD), NOW).run_id
    run = start_gate(store, run_id, "G1", "maker", NOW)
    repository.write("packet.txt", "Do it.\n")
    return Task(run, workflow.gates[0], 1, "packet.txt", is_resumed=False)


class Screen:
    """Collects what is shown."""

    def __init__(self) -> None:
        self.text = ""

    def show(self, text: str) -> None:
        self.text += text

    @contextlib.contextmanager
    def open(self) -> Iterator[Display]:
        yield Display(self.show)


def worker(
    repository: Repository, source: str, screen: Screen | None = None, timeout_s: float | None = 20
) -> AgentWorker:
    command = AgentCommand((sys.executable, "-c", source), timeout_s)
    return AgentWorker(Store(repository.workspace), command, lambda: NOW, (screen or Screen()).open, retry_wait_s=0)


def recorded(repository: Repository, task: Task) -> Run:
    return Store(repository.workspace).read(task.run.run_id)


def test_the_program_gets_the_packet_the_run_and_the_gate_and_works_at_the_root(
    repository: Repository, task: Task
) -> None:
    source = (
        "import os, sys; open('a.md', 'w').write(sys.stdin.read() + os.environ['ORCH_RUN'] + os.environ['ORCH_GATE'])"
    )
    assert worker(repository, source).perform(task) == WorkerResult(Action.FINISH)
    assert (repository.root / "a.md").read_text() == f"Do it.\n{task.run.run_id}G1"
    (invocation,) = recorded(repository, task).invocations
    assert (invocation.gate, invocation.agent, str(invocation.status)) == ("G1", "agent-G1", "SUCCESS")


def test_its_output_goes_to_the_screen_and_to_a_log(repository: Repository, task: Task) -> None:
    screen = Screen()
    worker(repository, "print('working', flush=True)", screen).perform(task)
    (log,) = (repository.root / repository.workspace.run_path(task.run.run_id) / "logs/invocations").iterdir()
    assert log.read_text() == "working\n"
    assert "\nworking\n" in screen.text
    assert log.name == f"{recorded(repository, task).invocations[-1].invocation_id}.log"


OWN_FAILURES = {
    "exit code": ("raise SystemExit(3)", "exit code 3, no output changed"),
    "signal": ("import os; os.kill(os.getpid(), 9)", "killed by SIGKILL, no output changed"),
    "time limit": ("open('a.md', 'w').write('half'); import time; time.sleep(60)", "timed out after 0.3 s"),
    "a temporary failure": (
        "open('a.md', 'w').write('half'); raise SystemExit(75)", "exit code 75, a temporary failure",
    ),
    "a limit, after some work": (
        "open('a.md', 'w').write('half'); print(\"You've hit your limit\"); raise SystemExit(1)",
        "exit code 1, and its last lines name a limit",
    ),
    "a limit, with exit code 0": (
        "print('Claude AI usage limit reached|1753441200')", "exit code 0, and its last lines name a limit",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "failure"), OWN_FAILURES.values(), ids=OWN_FAILURES.keys())
def test_an_agent_that_fails_by_itself_is_called_three_times_and_spends_no_attempt(
    repository: Repository, task: Task, source: str, failure: str
) -> None:
    said: list[str] = []
    limit_s = 0.3 if "sleep" in source else 20
    agent = dataclasses.replace(worker(repository, source, timeout_s=limit_s), say=said.append)
    with pytest.raises(Paused) as caught:
        agent.perform(task)
    expected = message("agent-failed-itself", gate="G1", attempt=1, failure=failure)
    assert (caught.value.message, caught.value.next_command) == (expected, task.resume_command)
    run = recorded(repository, task)
    assert len(run.invocations) == 3
    assert run.gate("G1").open_attempt
    assert [line for line in said if "trying again" in line] == [
        f"  agent   failed by itself ({failure}): no attempt is spent; trying again now ({number} of 3)"
        for number in (1, 2)
    ]


JUDGED = {
    "it failed, and wrote": "open('a.md', 'w').write('text'); raise SystemExit(3)",
    "it did nothing, and says so": "print('nothing to do')",
    "it writes about limits": "open('a.md', 'w').write('text'); print('rate limit, 429')",
}


@pytest.mark.parametrize("source", JUDGED.values(), ids=JUDGED.keys())
def test_the_work_of_an_agent_that_did_not_fail_by_itself_is_judged(
    repository: Repository, task: Task, source: str
) -> None:
    assert worker(repository, source).perform(task) == WorkerResult(Action.FINISH)
    assert len(recorded(repository, task).invocations) == 1


def test_an_agent_that_recovers_is_judged(repository: Repository, task: Task) -> None:
    source = (
        "import os, sys\nif not os.path.exists('once'): open('once', 'w'); sys.exit(1)\nopen('a.md', 'w').write('text')"
    )
    assert worker(repository, source).perform(task) == WorkerResult(Action.FINISH)
    assert [row.status for row in recorded(repository, task).invocations] == ["FAIL", "SUCCESS"]


def test_an_agent_that_recovers_with_nothing_left_to_do_is_judged(repository: Repository, task: Task) -> None:
    source = (
        "import os, sys\nprint('You have hit your limit')\nif not os.path.exists('a.md'):\n"
        "    open('a.md', 'w').write('text'); sys.exit(1)"
    )
    assert worker(repository, source).perform(task) == WorkerResult(Action.FINISH)
    assert [row.status for row in recorded(repository, task).invocations] == ["FAIL", "SUCCESS"]


def test_where_no_output_is_declared_the_work_of_one_that_exits_with_an_error_is_judged(
    repository: Repository, task: Task
) -> None:
    repository.write_contract("G1", validations=[{"type": "contains_text", "target": "a.md", "pattern": "x"}])
    open_again = start_gate(
        Store(repository.workspace), task.run.run_id, "G1", "maker", NOW, abandon=True, accept_contract=True
    )
    again = task._replace(run=open_again, attempt=2)
    assert worker(repository, "raise SystemExit(3)").perform(again) == WorkerResult(Action.FINISH)


@pytest.mark.slow
def test_the_waits_double_up_to_fifteen_minutes(
    repository: Repository, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr("runner.agents.worker.agent_worker.sleep", lambda wait_s: waits.append(wait_s))
    for first in (60.0, 600.0):
        with pytest.raises(Paused):
            dataclasses.replace(worker(repository, "raise SystemExit(1)"), retry_wait_s=first).perform(task)
    assert waits == [60, 120, 600, 900]


def test_a_wait_can_be_interrupted(repository: Repository, task: Task, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.agents.worker.agent_worker.sleep", interrupt)
    with pytest.raises(Interrupted) as caught:
        dataclasses.replace(worker(repository, "raise SystemExit(1)"), retry_wait_s=60).perform(task)
    assert caught.value.next_command == task.resume_command
    assert recorded(repository, task).gate("G1").open_attempt


def interrupt(_: float) -> None:
    raise KeyboardInterrupt


def test_nobody_is_called_for_an_attempt_that_was_ended_during_the_wait(
    repository: Repository, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(repository.workspace)
    monkeypatch.setattr(
        "runner.agents.worker.agent_worker.sleep",
        lambda _: complete_run(store, task.run.run_id, RunStatus.CANCELED, NOW),
    )
    agent = dataclasses.replace(
        worker(repository, "open('calls', 'a').write('.'); raise SystemExit(1)"), retry_wait_s=9
    )
    assert agent.perform(task) == WorkerResult(Action.FINISH)
    assert (repository.root / "calls").read_text() == "."


def test_of_an_agent_that_finished_its_attempt_itself_nothing_is_repeated(repository: Repository, task: Task) -> None:
    store = Store(repository.workspace)

    class Finishing(Screen):
        def show(self, text: str) -> None:
            if text == "now":
                fail_gate(store, task.run.run_id, "G1", "no", NOW)

    source = "print('n' 'ow', flush=True); raise SystemExit(1)"
    assert worker(repository, source, Finishing()).perform(task) == WorkerResult(Action.FINISH)


def test_a_program_that_cannot_be_started_is_recorded_as_that_and_spends_no_attempt(
    repository: Repository, task: Task
) -> None:
    repository.write("agent", "#!/no/such/interpreter\n").chmod(0o755)
    store, said = Store(repository.workspace), list[str]()
    command, budget = AgentCommand(("./agent",), None), Budget(cost_usd=1)
    agent = AgentWorker(store, command, lambda: NOW, Screen().open, said.append, retry_wait_s=0, budget=budget)
    with pytest.raises(Paused):
        agent.perform(task)
    run = recorded(repository, task)
    assert [(row.ended, row.exit_code) for row in run.invocations] == [("not_started", None)] * 3
    assert not [line for line in said if "--budget-usd" in line]  # it used nothing
    assert run.gate("G1").open_attempt


ENDS = {
    "exited": ("open('a.md', 'w').write('x')", ("exited", 0)),
    "failed": ("open('a.md', 'w').write('x'); raise SystemExit(3)", ("exited", 3)),
    "killed": ("open('a.md', 'w').write('x'); import os; os.kill(os.getpid(), 9)", ("exited", 137)),
}


@pytest.mark.parametrize(("source", "expected"), ENDS.values(), ids=ENDS.keys())
def test_the_invocation_records_program_exit_code_end_and_log(
    repository: Repository, task: Task, source: str, expected: tuple[str, int]
) -> None:
    worker(repository, source).perform(task)
    (row,) = recorded(repository, task).invocations
    assert (row.ended, row.exit_code) == expected
    assert row.program == Path(sys.executable).name
    assert row.log == f"{repository.workspace.run_path(task.run.run_id)}/logs/invocations/{row.invocation_id}.log"
    assert (repository.root / row.log).is_file()
    assert row.usage is None


CLAUDE_RESULT = {
    "type": "result", "subtype": "success", "is_error": False, "num_turns": 3, "total_cost_usd": 0.25,
    "usage": {
        "input_tokens": 10, "cache_creation_input_tokens": 200, "cache_read_input_tokens": 3000, "output_tokens": 40,
    },
    "modelUsage": {"claude-opus-4-7": {"inputTokens": 10, "outputTokens": 40, "costUSD": 0.25}},
}  # fmt: skip


def report(result: object) -> str:
    return f"open('a.md', 'w').write('x'); print({json.dumps(result)!r})"


def test_what_the_host_reports_is_recorded_with_the_model(repository: Repository, task: Task) -> None:
    worker(repository, report(CLAUDE_RESULT)).perform(task)
    (row,) = recorded(repository, task).invocations
    assert row.usage == Usage(3210, 40, 0.25, "claude-code")
    assert row.model == "claude-opus-4-7"
    assert repository.record(task.run.run_id)["invocations"][0]["usage"] == {
        "input_tokens": 3210, "output_tokens": 40, "cost_usd": 0.25, "source": "claude-code",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("result", "usage", "model"),
    [
        ({"modelUsage": {"a\ud800\n\x1b[31mb": {}}}, Usage(3210, 40, 0.25, "claude-code"), "a b"),
        ({"modelUsage": {"a" * 5000: {}, " ": {}}}, Usage(3210, 40, 0.25, "claude-code"), "a" * 199 + "…"),
        ({"total_cost_usd": 10**400}, Usage(3210, 40, None, "claude-code"), "claude-opus-4-7"),
        ({"total_cost_usd": float("nan")}, Usage(3210, 40, None, "claude-code"), "claude-opus-4-7"),
    ],
    ids=["a model with control characters", "a long model", "a cost beyond all floats", "a cost that is none"],
)
def test_what_a_host_cannot_have_meant_does_not_come_into_the_record(
    repository: Repository, task: Task, result: dict[str, object], usage: Usage, model: str
) -> None:
    worker(repository, report(CLAUDE_RESULT | result)).perform(task)
    (row,) = recorded(repository, task).invocations
    assert (row.usage, row.model) == (usage, model)


@pytest.mark.parametrize(
    ("budget", "spent"),
    [
        (Budget(cost_usd=0.25), "--budget-usd 0.25 is used up: $0.25, as the hosts estimate"),
        (Budget(tokens=3250), "--budget-tokens 3250 is used up: 3,250 tokens"),
    ],
    ids=["dollars", "tokens"],
)
def test_a_budget_that_is_used_up_starts_no_other_agent(
    repository: Repository, task: Task, budget: Budget, spent: str
) -> None:
    agent = dataclasses.replace(worker(repository, report(CLAUDE_RESULT)), budget=budget)
    assert agent.perform(task) == WorkerResult(Action.FINISH)
    with pytest.raises(Paused) as caught:
        agent.perform(task)
    assert caught.value.message == f"paused at gate G1, attempt 1: {spent}"
    assert len(recorded(repository, task).invocations) == 1


def test_a_budget_that_cannot_be_counted_is_said_to_be_so(repository: Repository, task: Task) -> None:
    said: list[str] = []
    budget = Budget(cost_usd=1, tokens=1000)
    dataclasses.replace(worker(repository, "open('a.md', 'w').write('x')"), budget=budget, say=said.append).perform(
        task
    )
    assert [("--budget-usd" in line, "--budget-tokens" in line) for line in said] == [(True, False), (False, True)]


def test_after_an_interrupt_the_invocation_is_recorded_as_failed_and_the_attempt_stays_open(
    repository: Repository, task: Task
) -> None:
    class Interrupting(Screen):
        def show(self, text: str) -> None:
            if text == "now":
                raise KeyboardInterrupt

    with pytest.raises(Interrupted) as caught:
        worker(repository, "print('n' 'ow', flush=True); import time; time.sleep(60)", Interrupting()).perform(task)
    assert caught.value.next_command == f"orch run resume --run {task.run.run_id}"
    run = recorded(repository, task)
    assert [str(row.status) for row in run.invocations] == ["FAIL"]
    assert run.gate("G1").open_attempt


def test_for_a_contract_that_was_changed_since_the_start_nobody_is_called(repository: Repository, task: Task) -> None:
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "b.md"}]})
    with pytest.raises(DecisionNeeded) as caught:
        worker(repository, "open('called', 'w')").perform(task)
    assert caught.value.accept_command.endswith("--gate G1 --agent maker --accept-contract --abandon")
    assert not (repository.root / "called").exists()


def test_a_run_that_was_completed_meanwhile_is_not_changed(repository: Repository, task: Task) -> None:
    store, shown = Store(repository.workspace), []

    class Completing(Screen):
        def show(self, text: str) -> None:
            shown.append(text)
            if text == "now":
                fail_gate(store, task.run.run_id, "G1", "no", NOW)
                complete_run(store, task.run.run_id, None, NOW)

    worker(repository, "print('n' 'ow', flush=True)", Completing()).perform(task)
    assert not recorded(repository, task).invocations
    assert any("not recorded" in text for text in shown)
