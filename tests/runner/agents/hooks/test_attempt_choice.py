"""Which attempt an agent is held to: the one that is named or that its session opened, else the newest of nobody."""

import json
from pathlib import Path

import pytest

from gate_tests.errors import DamagedRecord, Refused
from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.isolated_pytest.display import Display
from gate_tests.workspace.names import Depth
from runner.agents.hooks.attempt_choice import choose_attempt
from runner.models.attempt import MANUAL_AGENT
from runner.models.status import RunStatus
from runner.operations.attempts import fail_gate, start_gate
from runner.operations.judging import finish_gates
from runner.operations.runs import RunRequest, complete_run, start_run
from runner.storage.session_binding import bind_sessions
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.repository import Repository

FIRST, SECOND, THIRD = "2026-11-22T09:30:00.000Z", "2026-11-22T09:31:00.000Z", "2026-11-22T09:32:00.000Z"


@pytest.fixture
def store(repository: Repository) -> Store:
    """A store for runs of two gates, each of which requires a file."""
    for gate in ("G1", "G2"):
        repository.write_contract(gate, required_outputs={"all_of": [{"path": f"{{artifact_path}}/{gate}.md"}]})
    repository.write_workflow("G1", "G2")
    return Store(repository.workspace)


def new_run(store: Store, now: str = FIRST, slug: str = "tea") -> str:
    request = RunRequest(load_workflow(store.workspace, "tests"), slug, None, Depth.STANDARD)
    return start_run(store, request, now).run_id


def begin(
    store: Store, run_id: str, gate: str = "G1", now: str = FIRST, session: str = "", *, abandon: bool = False
) -> None:
    run = start_gate(store, run_id, gate, "maker", now, abandon=abandon)
    environ = {"CODEX_THREAD_ID": session}
    bind_sessions(store.workspace, run_id, gate, run.gate(gate).attempts[-1].number, environ)


def finish(store: Store, run_id: str, gate: str = "G1", *, passes: bool = False) -> None:
    if passes:
        Repository(store.workspace.root).write(f"out/tea/{gate}.md", "x")
    with IsolatedPytest(Display(lambda _: None)) as process:
        finish_gates(store, run_id, [gate], lambda: THIRD, process)


def choose(store: Store, session: str = "", run_id: str | None = None, gate: str | None = None) -> str | None:
    """The run's slug, the gate and the number of the chosen attempt."""
    chosen = choose_attempt(store, session, run_id, gate)
    return chosen and f"{chosen.run.workflow.slug} {chosen.gate.gate} {chosen.attempt.number}"


# A session that is unknown, or opened none


@pytest.mark.parametrize("session", ["", "one"])
def test_without_an_open_attempt_there_is_none(store: Store, session: str) -> None:
    assert choose(store, session) is None
    run_id = new_run(store)
    assert choose(store, session, run_id) is None
    begin(store, run_id)
    fail_gate(store, run_id, "G1", "no", SECOND)
    assert choose(store, session) is choose(store, session, run_id) is None


@pytest.mark.parametrize("session", ["", "one"])
def test_of_several_the_one_that_was_started_last_is_chosen_unless_a_gate_is_named(store: Store, session: str) -> None:
    run_id = new_run(store)
    begin(store, run_id, "G2", SECOND)
    begin(store, run_id, "G1", THIRD)
    for run in (None, run_id):
        assert choose(store, session, run) == "tea G1 1"
        assert choose(store, session, run, "G2") == "tea G2 1"


def test_without_a_run_it_is_the_newest_with_an_open_attempt(store: Store) -> None:
    older, newer = new_run(store, FIRST, "older"), new_run(store, SECOND, "newer")
    begin(store, older, now=THIRD)
    assert choose(store) == "older G1 1"
    begin(store, newer, now=THIRD)
    assert choose(store) == "newer G1 1"


def test_an_unknown_gate_of_a_named_run_is_refused(store: Store) -> None:
    with pytest.raises(Refused, match="G9"):
        choose(store, "", new_run(store), "G9")


def test_a_completed_run_has_none_though_another_has(store: Store) -> None:
    run_id = new_run(store)
    begin(store, run_id)
    done = complete_run(store, new_run(store, SECOND, "other"), None, THIRD)
    assert choose(store, "", done.run_id) is None
    assert choose(store) == "tea G1 1"


def test_only_the_newest_run_must_be_readable(store: Store) -> None:
    begin(store, new_run(store, SECOND, "newer"), now=SECOND)
    damage(store, new_run(store, FIRST, "older"))
    assert choose(store) == choose(store, "one") == "newer G1 1"
    damage(store, new_run(store, THIRD, "newest"))
    with pytest.raises(DamagedRecord):
        choose(store)


def damage(store: Store, run_id: str) -> None:
    Path(store.workspace.root / store.workspace.record_path(run_id)).write_text("{")


# A session that opened attempts


def test_two_sessions_do_not_answer_for_each_other(store: Store) -> None:
    first, second = new_run(store, FIRST, "first"), new_run(store, SECOND, "second")
    begin(store, first, session="one")
    begin(store, second, session="two")
    assert [choose(store, session) for session in ("one", "two", "three", "")] == [
        "first G1 1", "second G1 1", None, "second G1 1",
    ]  # fmt: skip


def test_two_sessions_at_two_gates_of_a_run_do_not_either(store: Store) -> None:
    run_id = new_run(store)
    begin(store, run_id, "G1", SECOND, "one")
    begin(store, run_id, "G2", THIRD, "two")
    assert [choose(store, session) for session in ("one", "two", "three")] == ["tea G1 1", "tea G2 1", None]


def test_a_session_that_opened_none_is_held_to_what_nobody_opened(store: Store) -> None:
    run_id = new_run(store)
    begin(store, run_id, "G1", SECOND)
    begin(store, run_id, "G2", THIRD, "two")
    assert choose(store, "three") == "tea G1 1"


@pytest.mark.slow
def test_a_session_whose_attempt_passed_is_held_to_nothing_else(store: Store) -> None:
    run_id = new_run(store)
    begin(store, run_id, "G1", SECOND, "one")
    begin(store, run_id, "G2", SECOND)
    finish(store, run_id, passes=True)
    assert choose(store, "one") is None
    begin(store, run_id, "G2", THIRD, "one", abandon=True)
    assert choose(store, "one") == "tea G2 2"


def test_a_session_whose_attempt_another_one_replaced_is_held_to_nothing(store: Store) -> None:
    run_id = new_run(store)
    begin(store, run_id, "G1", SECOND, "one")
    begin(store, run_id, "G1", THIRD, "two", abandon=True)
    assert [choose(store, session) for session in ("one", "two")] == [None, "tea G1 2"]


def test_once_its_run_is_complete_a_session_is_as_any_other(store: Store) -> None:
    first = new_run(store, FIRST, "first")
    begin(store, first, session="one")
    complete_run(store, first, RunStatus.CANCELED, THIRD)
    assert choose(store, "one") is None
    begin(store, new_run(store, SECOND, "second"))
    assert choose(store, "one") == "second G1 1"


def test_a_run_of_the_session_that_cannot_be_read_is_an_error(store: Store) -> None:
    first = new_run(store, FIRST, "first")
    begin(store, first, session="one")
    begin(store, new_run(store, SECOND, "second"))
    damage(store, first)
    with pytest.raises(DamagedRecord):
        choose(store, "one")
    assert choose(store, "two") == "second G1 1"


def test_what_is_named_counts_whoever_opened_it(store: Store) -> None:
    run_id = new_run(store)
    begin(store, run_id, session="one")
    assert choose(store, "two", run_id) == choose(store, "two", run_id, "G1") == "tea G1 1"


def test_a_subagent_answers_for_what_it_opened_and_else_for_what_its_session_opened(store: Store) -> None:
    run_id = new_run(store)
    begin(store, run_id, "G1", SECOND, "sub")
    begin(store, run_id, "G2", SECOND, "one")
    by_agent = {agent: choose_attempt(store, "one", None, None, agent) for agent in ("sub", "other")}
    assert {agent: chosen and chosen.gate.gate for agent, chosen in by_agent.items()} == {"sub": "G1", "other": "G2"}


# After a FAIL


def test_after_a_fail_the_session_that_opened_the_attempt_is_held_to_it_and_no_other(store: Store) -> None:
    run_id = new_run(store)
    begin(store, run_id, session="one")
    finish(store, run_id)
    assert [choose(store, session) for session in ("one", "two", "")] == ["tea G1 1", None, None]
    assert choose(store, "two", run_id) == choose(store, "", run_id, "G1") == "tea G1 1"
    assert choose(store, "two", run_id, "G2") is None
    begin(store, run_id, now=THIRD, session="one")
    assert choose(store, "one") == "tea G1 2"


@pytest.mark.parametrize("how", ["failed", "added", "abandoned", "canceled"])
def test_what_a_person_closed_sends_nobody_back(store: Store, how: str) -> None:
    run_id = new_run(store)
    if how != "added":
        begin(store, run_id, session="one")
    if how == "abandoned":
        begin(store, run_id, now=SECOND, abandon=True)
    elif how == "canceled":
        complete_run(store, run_id, RunStatus.CANCELED, THIRD)
    else:
        fail_gate(store, run_id, "G1", "made up", SECOND)
    assert choose(store, "one") is None
    if how != "abandoned":
        assert choose(store, "one", run_id) is None
    if how == "added":
        assert json.dumps(MANUAL_AGENT) in (store.workspace.root / store.workspace.record_path(run_id)).read_text()
