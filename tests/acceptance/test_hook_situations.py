"""Situations in which a stop hook let people down: the wrong tree, futile blocks, blocks for another one's gate."""

import json
from pathlib import Path
from typing import Any

import pytest

from runner.agents.hooks.hosts import HOSTS
from tests.support.git_checkout import git
from tests.support.hook_payloads import PAYLOADS, SENT_BACK, compose_payload, stop
from tests.support.messages import message, says
from tests.support.repository import ARTIFACTS, SLUG, Ended, Repository

pytestmark = pytest.mark.usefixtures("small_contracts")

CITATIONS = f"{ARTIFACTS}/research/CITATIONS.md"
ONE, TWO = {"CLAUDE_CODE_SESSION_ID": "one"}, {"CLAUDE_CODE_SESSION_ID": "two"}
WAITING = [{"id": "bx4s43qvk", "type": "shell", "status": "running", "description": "sleep", "command": "sleep 25"}]


@pytest.fixture
def open_run(shipped: Repository) -> str:
    """The id of a run with an attempt open at G2, whose output is missing."""
    run_id = shipped.start_run(ARTIFACTS)
    shipped.start_gate(run_id, "G2")
    return run_id


def answer(repository: Repository, told: str, *arguments: str, env: dict[str, str] | None = None) -> dict[str, str]:
    ended = repository.orch(*arguments, "hook", "stop", stdin=told, env={"CLAUDE_PROJECT_DIR": "", **(env or {})})
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, str] = ended.json
    return found


def start(repository: Repository, run_id: str, gate: str = "G2", env: dict[str, str] | None = None) -> Ended:
    """`orch gate start` in the shell of an agent."""
    ended = repository.orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "maker", env=env)
    assert ended.code == 0, ended.err
    return ended


def add_work_tree(repository: Repository, place: Path) -> Repository:
    """A linked work tree without `orchestration/`."""
    (repository.root / ".gitignore").write_text("/orchestration/\n/.claude/\n")
    repository.commit()
    git(repository.root, "worktree", "add", "--quiet", str(place))
    return Repository(place)


# H1, H2: another work tree

PLACES = {"beside the main checkout": "../beside", "below it, as Claude Code has them": ".claude/worktrees/tea"}


@pytest.mark.slow
@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES.keys())
@pytest.mark.parametrize("wiring", ["without -C", "with -C"])
def test_an_agent_in_a_work_tree_is_not_judged_for_the_main_checkouts_gate(
    shipped: Repository, open_run: str, place: str, wiring: str
) -> None:
    tree = add_work_tree(shipped, (shipped.root / place).resolve())
    arguments = ("-C", str(shipped.root)) if wiring == "with -C" else ()
    told = answer(tree, stop(tree.root), *arguments, env={"CLAUDE_PROJECT_DIR": str(shipped.root)})
    name = "other-work-tree" if wiring == "without -C" else "named-root"
    known = {"root": shipped.root, "tree": tree.root}
    more = {"gate": "G2", "name": "Research Complete"} if wiring == "without -C" else {}
    assert told == {"systemMessage": f"orch: {message(name, **known, **more)}"}


@pytest.mark.slow
def test_an_agent_in_a_work_tree_with_a_root_is_judged_there(shipped: Repository, tmp_path: Path) -> None:
    place = tmp_path / "tree"
    shipped.commit()
    git(shipped.root, "worktree", "add", "--quiet", str(place))
    tree = Repository(place)
    main = {"CLAUDE_PROJECT_DIR": str(shipped.root)}
    assert answer(tree, stop(place), env=main) == answer(tree, stop(place), "-C", str(shipped.root)) == {}
    run_id = tree.start_run(ARTIFACTS)
    tree.start_gate(run_id, "G2")
    assert f"    orch gate check --run {run_id} --gate G2\n" in answer(tree, stop(place), env=main)["reason"]
    told = answer(tree, stop(place), "-C", str(shipped.root))
    assert told == {"systemMessage": f"orch: {message('named-root', root=shipped.root, tree=place)}"}


def test_an_agent_that_left_the_repository_is_judged_where_its_program_was_started(
    shipped: Repository, open_run: str, tmp_path: Path
) -> None:
    told = answer(Repository(tmp_path), stop(tmp_path), env={"CLAUDE_PROJECT_DIR": str(shipped.root)})
    assert f"    orch -C {shipped.root} gate check --run {open_run}" in told["reason"]


@pytest.mark.slow
def test_an_agent_whose_directory_was_removed_is_judged_where_its_program_was_started(
    shipped: Repository, open_run: str, tmp_path: Path
) -> None:
    program = 'mkdir gone && cd gone && rmdir ../gone && echo "{\\"cwd\\": \\"$OLDPWD/gone\\"}" | orch hook stop'
    for started_in in (str(shipped.root), ""):
        ended = Repository(tmp_path).run("sh", "-c", program, env={"CLAUDE_PROJECT_DIR": started_in})
        assert (ended.code, ended.err, "reason" in ended.json) == (0, "", bool(started_in))


# H3: a payload that says nothing is judged all the same; test_stop_hook.py has more of them


@pytest.mark.slow
@pytest.mark.parametrize("kept", [0, 1, 40, -1], ids=["nothing", "a brace", "a part", "all but the last byte"])
def test_a_payload_that_is_cut_off_lets_nobody_go(shipped: Repository, open_run: str, kept: int) -> None:
    assert "reason" in answer(shipped, stop(shipped.root)[:kept])


@pytest.mark.slow
def test_a_byte_that_is_no_utf8_lets_nobody_go(shipped: Repository, open_run: str) -> None:
    shipped.write("told", stop(shipped.root, "one").encode().replace(b"DONE", b"\xff"))
    start(shipped, open_run, "G3", env=TWO)
    assert "--gate G2" in shipped.run("sh", "-c", "orch hook stop < told").json["reason"]


# H4: what waits is not sent back


@pytest.mark.parametrize(
    "members",
    [{"background_tasks": WAITING}, {"permission_mode": "plan"}],
    ids=["background tasks", "plan mode"],
)
def test_a_futile_block_is_neither_given_nor_counted(
    shipped: Repository, open_run: str, members: dict[str, Any]
) -> None:
    for number in range(3):
        assert answer(shipped, stop(shipped.root, prompt_id=f"p{number}", **members)) == {}
    assert not (shipped.root / shipped.workspace.run_path(open_run) / "logs/stop-hook").exists()
    assert "reason" in answer(shipped, stop(shipped.root))


# H5: two sessions


@pytest.mark.slow
def test_two_sessions_do_not_answer_for_each_others_gate(shipped: Repository) -> None:
    first, second = (shipped.start_run(ARTIFACTS, slug=slug) for slug in (SLUG, "other"))
    start(shipped, first, env=ONE)
    start(shipped, second, env=TWO)
    for session, run_id in (("one", first), ("two", second)):
        assert f"--run {run_id} " in answer(shipped, stop(shipped.root, session))["reason"]
    assert answer(shipped, stop(shipped.root, "three")) == {}


@pytest.mark.slow
def test_a_session_whose_gate_passed_is_left_in_peace(shipped: Repository) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    start(shipped, run_id, env=ONE)
    shipped.add_example("G2")
    assert shipped.orch("gate", "finish", "--run", run_id, "--gate", "G2").code == 0
    shipped.start_gate(run_id, "G3")
    assert answer(shipped, stop(shipped.root, "one")) == {}
    assert "--gate G3" in answer(shipped, stop(shipped.root, "two"))["reason"]


def test_a_start_is_bound_also_where_it_cannot_be_kept(shipped: Repository) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    shipped.write(f"{shipped.workspace.run_path(run_id)}/logs/stop-hook", "in the way")
    assert start(shipped, run_id, env=ONE).err == ""


# H6: subagents


@pytest.mark.slow
def test_subagents_do_not_use_up_the_blocks_of_the_main_agent(shipped: Repository, open_run: str) -> None:
    def is_sent_back(name: str, number: int, agent: str = "") -> bool:
        more = {"agent_id": agent} if agent else {}
        told = compose_payload(name, shipped.root, prompt_id=f"{name} {number}", **more)
        return "reason" in answer(shipped, told, env={})

    for agent in ("a", "b"):
        assert [is_sent_back("Claude Code SubagentStop", each, agent) for each in range(4)] == [True] * 3 + [False]
    assert [is_sent_back("Claude Code Stop", each) for each in range(4)] == [True] * 3 + [False]


@pytest.mark.slow
def test_stop_and_subagent_stop_of_one_stop_count_once(shipped: Repository, open_run: str) -> None:
    def tell(name: str, number: int) -> dict[str, str]:
        told = compose_payload(name, shipped.root, prompt_id=f"p{number}", last_assistant_message="Done.")
        return answer(shipped, told)

    for number in range(3):
        assert tell("Claude Code Stop", number) == tell("Claude Code SubagentStop", number)
    assert "may stop now" in tell("Claude Code Stop", 3)["systemMessage"]


# H7: after `gate finish`


@pytest.mark.slow
def test_after_a_recorded_fail_the_agent_is_sent_back_to_start_again(shipped: Repository) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    start(shipped, run_id, env=ONE)
    assert shipped.orch("gate", "finish", "--run", run_id, "--gate", "G2").code == 1
    reason = answer(shipped, stop(shipped.root, "one"))["reason"]
    assert says(reason, "gate-failed", gate="G2", name="Research Complete", attempt=1)
    assert f"1. {CITATIONS}" in reason
    assert reason.endswith(f"\n\n    orch gate start --run {run_id} --gate G2 --agent maker\n")
    again = shipped.orch(*reason.splitlines()[-1].split()[1:], env=ONE)
    assert again.code == 0
    assert f"    orch gate check --run {run_id} --gate G2\n" in answer(shipped, stop(shipped.root, "one"))["reason"]


@pytest.mark.slow
def test_blocks_after_a_fail_are_of_the_attempt_that_failed(shipped: Repository) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    start(shipped, run_id, env=ONE)
    assert "reason" in answer(shipped, stop(shipped.root, "one", prompt_id="p1"))
    shipped.orch("gate", "finish", "--run", run_id, "--gate", "G2")
    answers = [answer(shipped, stop(shipped.root, "one", prompt_id=f"p{number}")) for number in (2, 3, 4)]
    assert ["reason" in each for each in answers] == [True, True, False]
    command = f"orch gate start --run {run_id} --gate G2 --agent maker"
    assert answers[2]["systemMessage"].endswith(f"blocked 3 times in attempt 1 and may stop now.\nNext: {command}")


@pytest.mark.slow
def test_nobody_else_is_sent_back_for_a_fail(shipped: Repository, open_run: str) -> None:
    shipped.orch("gate", "finish", "--run", open_run, "--gate", "G2")
    assert answer(shipped, stop(shipped.root, "two")) == answer(shipped, "") == {}
    named = {"ORCH_RUN": open_run, "ORCH_GATE": "G2"}
    assert "gate start" in answer(shipped, stop(shipped.root, "two"), env=named)["reason"]


@pytest.mark.slow
def test_where_only_a_person_can_go_on_nobody_is_sent_back(shipped: Repository) -> None:
    run_id = shipped.start_run(ARTIFACTS)
    start(shipped, run_id, env=ONE)
    shipped.orch("gate", "finish", "--run", run_id, "--gate", "G2")
    shipped.write_contract("G2", validations=[])
    told = answer(shipped, stop(shipped.root, "one"))["systemMessage"]
    assert says(told, "gate-failed-message", gate="G2", name="Research Complete", attempt=1)
    assert "gate start" not in told


def test_a_record_that_changed_sends_nobody_back(shipped: Repository, open_run: str) -> None:
    record = shipped.root / shipped.workspace.record_path(open_run)
    record.write_text(record.read_text().replace('"depth": "standard",\n  "prompt"', '"depth": "quick",\n  "prompt"'))
    told = answer(shipped, stop(shipped.root))
    assert "it cannot be finished" in told["systemMessage"]


# Each host


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name, (_, command, _) in PAYLOADS.items() if command == "stop"])
def test_each_host_is_answered_in_its_own_words(shipped: Repository, open_run: str, name: str) -> None:
    target = PAYLOADS[name][0]
    ended = shipped.orch("hook", "stop", "--target", target, stdin=compose_payload(name, shipped.root))
    assert (ended.code, ended.err) == (0, "")
    found = ended.json
    reason = found.pop("followup_message" if target == "cursor" else "reason")
    assert found == SENT_BACK[target]
    assert reason.startswith("Gate G2 Research Complete has not passed")
    shipped.add_example("G2")
    ended = shipped.orch("hook", "stop", "--target", target, stdin=compose_payload(name, shipped.root))
    shown = [ended.json.get("systemMessage", ""), ended.err.rstrip("\n")]
    assert ["passes" in text for text in shown] == [HOSTS[target].shows_messages, not HOSTS[target].shows_messages]


@pytest.mark.parametrize("arguments", [("--target", "cursor", "--max-blocks", "x"), ("--target=cursor", "--colour")])
def test_a_mistake_is_told_where_its_host_shows_it(shipped: Repository, arguments: tuple[str, ...]) -> None:
    ended = shipped.orch("hook", "stop", *arguments, stdin="{}")
    assert (ended.code, json.loads(ended.out)) == (0, {})
    assert "Next: orch hook stop --help" in ended.err
