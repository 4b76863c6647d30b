"""The stop hook: what it is given, which attempt it judges, and what it answers to the verdict."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from gate_tests.errors import DamagedRecord, Refused
from gate_tests.isolated_pytest.client import IsolatedPytest
from gate_tests.isolated_pytest.display import Display
from gate_tests.workspace.names import Depth
from runner.agents.hooks.hosts import HOSTS
from runner.agents.hooks.stop_hook import (
    MAX_ANSWER_LENGTH,
    Decision,
    OpenGate,
    StopEvent,
    decide,
    find_open_gate,
)
from runner.operations.attempts import fail_gate, start_gate
from runner.operations.judged_gate import JudgedGate
from runner.operations.judging import check_gates
from runner.operations.runs import RunRequest, complete_run, start_run
from runner.storage.store import Store
from runner.workflows.definition import load_workflow
from tests.support.repository import Repository

CLAUDE = HOSTS["claude-code"]
FIRST, SECOND, THIRD = "2026-11-22T09:30:00.000Z", "2026-11-22T09:31:00.000Z", "2026-11-22T09:32:00.000Z"
MANY = 200


def at_c(command: str) -> str:
    return command.replace("orch ", "orch -C root ", 1)


@pytest.fixture
def store(repository: Repository) -> Store:
    """A store for runs of two gates: G1 requires a file, G2 requires many."""
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "{artifact_path}/a.md"}]})
    outputs = [{"path": f"{{artifact_path}}/{'long-name-' * 8}{number}.md"} for number in range(MANY)]
    repository.write_contract("G2", required_outputs={"all_of": outputs})
    repository.write_workflow("G1", "G2")
    return Store(repository.workspace)


def new_run(store: Store, now: str = FIRST, slug: str = "tea") -> str:
    request = RunRequest(load_workflow(store.workspace, "tests"), slug, None, Depth.STANDARD)
    return start_run(store, request, now).run_id


def opened(store: Store, gate: str = "G1") -> OpenGate:
    run_id = new_run(store)
    start_gate(store, run_id, gate, "maker", FIRST)
    found = find_open_gate(store, run_id, None)
    assert found
    return found


def judge(store: Store, found: OpenGate) -> JudgedGate:
    with IsolatedPytest(Display(lambda _: None)) as process:
        (judged,) = check_gates(store, found.run.run_id, [found.gate.gate], process)
    return judged


# The event


@pytest.mark.parametrize("text", [b"", b"  \n", b"[]", b"null", b'"x"', b"{", b"\xff{}", b"[" * 100_000])
def test_what_is_no_json_object_is_refused(text: bytes) -> None:
    with pytest.raises(Refused) as caught:
        StopEvent.parse(text, CLAUDE)
    assert caught.value.next_command == "echo '{}' | orch hook stop"


def test_another_event_than_a_stop_is_refused_and_named() -> None:
    with pytest.raises(Refused, match="PreToolUse"):
        StopEvent.parse(b'{"hook_event_name": "PreToolUse"}', CLAUDE)


def test_an_event_without_any_member_is_a_stop_of_the_nameless_session() -> None:
    assert StopEvent.parse(b"{}", CLAUDE) == StopEvent("", None)


@pytest.mark.parametrize("name", CLAUDE.stop_events)
def test_session_and_directory_are_taken_from_the_event(tmp_path: Path, name: str) -> None:
    text = json.dumps({"hook_event_name": name, "session_id": "one", "cwd": str(tmp_path)}).encode()
    assert StopEvent.parse(text, CLAUDE) == StopEvent("one", tmp_path)


@pytest.mark.parametrize("members", [{"cwd": "/nowhere/at/all"}, {"cwd": 7}, {"session_id": ["one"]}])
def test_members_of_other_types_and_directories_that_do_not_exist_are_ignored(members: dict[str, Any]) -> None:
    assert StopEvent.parse(json.dumps(members).encode(), CLAUDE) == StopEvent("", None)


# The attempt


def test_without_an_open_attempt_there_is_none(store: Store) -> None:
    assert find_open_gate(store, None, None) is None
    run_id = new_run(store)
    assert find_open_gate(store, run_id, None) is None
    start_gate(store, run_id, "G1", "maker", FIRST)
    fail_gate(store, run_id, "G1", "no", SECOND)
    assert find_open_gate(store, run_id, None) is None
    assert find_open_gate(store, None, None) is None


def test_of_several_the_one_that_was_started_last_is_found_unless_a_gate_is_named(store: Store) -> None:
    run_id = new_run(store)
    start_gate(store, run_id, "G2", "maker", SECOND)
    start_gate(store, run_id, "G1", "maker", THIRD)
    for named, gate in ((None, "G1"), ("G2", "G2")):
        found = find_open_gate(store, run_id, named)
        assert found
        assert (found.gate.gate, found.options) == (gate, f"--run {run_id} --gate {gate}")


def test_an_unknown_gate_of_a_named_run_is_refused(store: Store) -> None:
    with pytest.raises(Refused, match="G9"):
        find_open_gate(store, new_run(store), "G9")


def test_without_a_run_it_is_the_newest_with_an_open_attempt(store: Store) -> None:
    older, newer = new_run(store, FIRST, "older"), new_run(store, SECOND, "newer")
    start_gate(store, older, "G1", "maker", THIRD)
    found = find_open_gate(store, None, None)
    assert found
    assert found.run.run_id == older
    start_gate(store, newer, "G1", "maker", THIRD)
    found = find_open_gate(store, None, None)
    assert found
    assert found.run.run_id == newer


def test_a_completed_run_has_none_though_its_attempt_was_left_open(store: Store) -> None:
    run_id = new_run(store)
    start_gate(store, run_id, "G1", "maker", FIRST)
    record = store.workspace.root / store.workspace.record_path(run_id)
    done = complete_run(store, new_run(store, SECOND, "other"), None, THIRD)
    assert find_open_gate(store, done.run_id, None) is None
    assert record.exists()
    found = find_open_gate(store, None, None)
    assert found
    assert found.run.run_id == run_id


def test_only_the_newest_run_must_be_readable(store: Store) -> None:
    run_id = new_run(store, SECOND, "newer")
    start_gate(store, run_id, "G1", "maker", SECOND)
    damaged = store.workspace.root / store.workspace.record_path(new_run(store, FIRST, "older"))
    damaged.write_text("{")
    assert find_open_gate(store, None, None)
    newest = store.workspace.root / store.workspace.record_path(new_run(store, THIRD, "newest"))
    newest.write_text("{")
    with pytest.raises(DamagedRecord):
        find_open_gate(store, None, None)


# The answer


@pytest.mark.parametrize(
    ("decision", "answer"),
    [
        (Decision(), {}),
        (Decision(message="m"), {"systemMessage": "m"}),
        (Decision(reason="r"), {"decision": "block", "reason": "r"}),
        (Decision("r", "m"), {"decision": "block", "reason": "r"}),
    ],
    ids=["nothing", "message", "block", "a block has no message"],
)
def test_an_answer_has_the_members_that_both_programs_accept(decision: Decision, answer: dict[str, str]) -> None:
    assert decision.to_json() == answer


def test_a_gate_that_passes_lets_the_agent_stop_and_names_the_command_that_finishes_it(store: Store) -> None:
    found = opened(store)
    Repository(store.workspace.root).write("out/tea/a.md", "a")
    decision = decide(store, found, judge(store, found), "one", 3, at_c)
    assert decision.reason is None
    assert str(decision.message).endswith(f"Next: orch -C root gate finish {found.options}")


def test_after_a_change_of_the_contract_that_command_shows_it_and_never_accepts_it(store: Store) -> None:
    found = opened(store)
    repository = Repository(store.workspace.root)
    repository.write("out/tea/b.md", "b")
    repository.write_contract("G1", required_outputs={"all_of": [{"path": "{artifact_path}/b.md"}]})
    decision = decide(store, found, judge(store, found), "one", 3, at_c)
    assert str(decision.message).endswith("cat orchestration/gates/contracts/G1.contract.json")
    assert "--accept-contract" not in str(decision.message)


def test_a_gate_that_fails_blocks_so_often_for_each_session_and_attempt(store: Store) -> None:
    found = opened(store)
    judged = judge(store, found)

    def blocks(session: str) -> bool:
        return decide(store, found, judged, session, 2, at_c).reason is not None

    assert [blocks("one") for _ in range(3)] == [True, True, False]
    assert [blocks("other \ud800") for _ in range(3)] == [True, True, False]
    fail_gate(store, found.run.run_id, "G1", "no", SECOND)
    start_gate(store, found.run.run_id, "G1", "maker", THIRD)
    again = find_open_gate(store, found.run.run_id, None)
    assert again
    found = again
    assert blocks("one")


def test_with_no_block_allowed_it_never_blocks(store: Store) -> None:
    found = opened(store)
    decision = decide(store, found, judge(store, found), "one", 0, at_c)
    assert decision.reason is None
    assert str(decision.message).endswith(f"Next: orch -C root gate check {found.options}")


def test_the_reason_names_the_failed_checks_as_far_as_they_fit_and_counts_the_others(store: Store) -> None:
    found = opened(store, "G2")
    reason = decide(store, found, judge(store, found), "one", 1, at_c).reason
    assert reason
    assert len(reason) <= MAX_ANSWER_LENGTH
    listed = len(re.findall(r"^\d+\. ", reason, re.MULTILINE))
    assert 5 < listed < MANY
    assert f"\nAnd {MANY - listed} more" in reason
    assert reason.endswith(f"    orch -C root gate check {found.options}\n")
