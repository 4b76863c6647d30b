"""`orch hook task`: a task of an agent team stays open while its gate fails, by exit code 2 and standard error."""

from typing import Any

import pytest

from runner.agents.hooks.hosts import HOSTS
from tests.support.hook_payloads import compose_payload
from tests.support.messages import message
from tests.support.repository import ARTIFACTS, Ended, Repository

pytestmark = pytest.mark.usefixtures("small_contracts")

EVENTS = [f"Claude Code {event}" for event in HOSTS["claude-code"].task_events]


@pytest.fixture
def open_run(shipped: Repository) -> str:
    """The id of a run with an attempt open at G2, whose output is missing."""
    run_id = shipped.start_run(ARTIFACTS)
    shipped.start_gate(run_id, "G2")
    return run_id


def tell(repository: Repository, name: str, *arguments: str, **more: Any) -> Ended:
    return repository.orch("hook", "task", *arguments, stdin=compose_payload(name, repository.root, **more))


@pytest.mark.parametrize("name", EVENTS)
def test_a_task_stays_open_while_its_gate_fails(shipped: Repository, open_run: str, name: str) -> None:
    ended = tell(shipped, name)
    assert (ended.code, ended.json) == (2, {})
    assert ended.err.startswith("Gate G2 Research Complete has not passed: ")
    assert ended.err.endswith(f"    orch gate check --run {open_run} --gate G2\n\n")


@pytest.mark.parametrize("name", EVENTS)
def test_a_task_whose_gate_passes_is_completed(shipped: Repository, open_run: str, name: str) -> None:
    shipped.add_example("G2")
    ended = tell(shipped, name)
    assert (ended.code, ended.err) == (0, "")
    assert "passes" in ended.json["systemMessage"]


def test_with_nothing_open_no_task_is_kept_open(shipped: Repository) -> None:
    ended = tell(shipped, EVENTS[0])
    assert (ended.code, ended.json, ended.err) == (0, {}, "")


@pytest.mark.slow
def test_each_teammate_is_kept_at_work_so_often(shipped: Repository, open_run: str) -> None:
    for teammate in ("researcher", "auditor"):
        ends = [tell(shipped, EVENTS[1], "--max-blocks", "2", teammate_name=teammate).code for _ in range(3)]
        assert ends == [2, 2, 0]


@pytest.mark.slow
@pytest.mark.parametrize("told", ["", "{"])
def test_a_task_is_judged_whatever_is_told_of_it(shipped: Repository, open_run: str, told: str) -> None:
    assert shipped.orch("hook", "task", stdin=told).code == 2


def test_a_stop_is_not_its_event_and_keeps_nothing_open(shipped: Repository, open_run: str) -> None:
    ended = tell(shipped, EVENTS[0], hook_event_name="Stop")
    assert (ended.code, ended.err) == (0, "")
    told = message("other-event", agent="Claude Code", event="Stop", events="TaskCompleted or TeammateIdle")
    assert told in ended.json["systemMessage"]


@pytest.mark.parametrize("arguments", [("--colour",), ("--max-blocks", "x"), ("--run", "../x")])
def test_a_mistake_keeps_nothing_open(shipped: Repository, open_run: str, arguments: tuple[str, ...]) -> None:
    ended = tell(shipped, EVENTS[0], *arguments)
    assert (ended.code, ended.err) == (0, "")
    assert "Next: orch " in ended.json["systemMessage"]
