"""`orch run repair` shows, asks, keeps and writes."""

import json
from collections.abc import Callable
from pathlib import Path

import pexpect
import pytest

from tests.support import terminal
from tests.support.messages import says
from tests.support.repository import BIN, Ended, Repository

Orch = Callable[..., Ended]


@pytest.fixture
def damaged(shipped: Repository, orch: Orch, run_id: str) -> str:
    """The id of a run whose record lost its end."""
    orch("gate", "fail", "--run", run_id, "--gate", "G2", "--reason", "two sources were made up")
    record = record_of(shipped, run_id)
    record.write_bytes(record.read_bytes()[:-40])
    return run_id


def record_of(shipped: Repository, run_id: str) -> Path:
    return shipped.root / shipped.workspace.record_path(run_id)


def at_a_terminal(shipped: Repository, run_id: str) -> pexpect.spawn:
    command = ["-C", str(shipped.root), "run", "repair", "--run", run_id]
    child = pexpect.spawn(str(BIN / "orch"), command, timeout=30, encoding="utf-8")
    child.expect_exact("Write the repaired record?")
    return child


def code_of(child: pexpect.spawn) -> int | None:
    child.expect(pexpect.EOF)
    child.close()
    code: int | None = child.exitstatus
    return code


@pytest.mark.slow
def test_the_question_is_seen_where_the_changes_go_to_a_file(shipped: Repository, damaged: str) -> None:
    with terminal.at_a_terminal(shipped, "run", "repair", "--run", damaged, output="changes.txt") as child:
        child.expect_exact("Write the repaired record?")
        child.sendline("y")
        assert terminal.end(child) == 0
    assert "written  " in (shipped.root / "changes.txt").read_text()


def test_without_a_terminal_it_shows_and_pauses_and_names_the_answer(
    shipped: Repository, damaged: str, orch: Orch
) -> None:
    before = shipped.snapshot()
    ended = shipped.orch("run", "repair", "--run", damaged)
    assert ended.code == 5
    assert ended.err.rstrip().endswith(f"Next: orch run repair --run {damaged} --yes")
    assert ended.out.rstrip().endswith("+}\n+")
    assert shipped.snapshot() == before


def test_yes_writes_it_and_the_run_can_be_shown_again(shipped: Repository, damaged: str, orch: Orch) -> None:
    assert orch("run", "show", "--run", damaged).code == 4
    ended = orch("run", "repair", "--run", damaged, "--yes")
    assert ended.code == 0
    assert f"kept     orchestration/runs/{damaged}/record/RUN.json.damaged-1" in ended.out
    assert ended.out.rstrip().endswith(f"Next: orch run show --run {damaged}")
    shown = orch("run", "show", "--run", damaged)
    assert shown.code == 0
    assert "two sources were made up" in shown.out


def test_with_json_it_tells_what_was_written_and_kept(shipped: Repository, damaged: str, orch: Orch) -> None:
    ended = orch("run", "repair", "--run", damaged, "--yes", "--json")
    record = f"orchestration/runs/{damaged}/record/RUN.json"
    assert ended.json == {
        "run_id": damaged,
        "repaired": True,
        "written": [record],
        "kept": [f"{record}.damaged-1"],
        "lost": [],
    }
    assert f"+++ {record}" in ended.err


def test_what_is_lost_is_told_after_the_difference_and_before_the_question(
    shipped: Repository, orch: Orch, run_id: str
) -> None:
    orch("gate", "start", "--run", run_id, "--gate", "G2", "--agent", "maker")
    orch("invocation", "record", "--run", run_id, "--gate", "G2", "--agent", "maker")
    record = record_of(shipped, run_id)
    invocation_id = shipped.record(run_id)["invocations"][0]["invocation_id"]
    spoilt = record.read_bytes().replace(b'"agent": "maker",\n      "model"', b'"agent": "ma\nker",\n      "model"')
    record.write_bytes(spoilt)
    told = f"invocation {invocation_id} of gate G2, attempt 1"
    lines = orch("run", "repair", "--run", run_id).out.splitlines()
    assert lines[-1] == f"lost     {told}"
    ended = orch("run", "repair", "--run", run_id, "--yes", "--json")
    assert (ended.json["lost"], f"lost     {told}" in ended.err) == ([told], True)


def test_a_sound_record_has_nothing_to_repair(shipped: Repository, orch: Orch, run_id: str) -> None:
    before = record_of(shipped, run_id).read_bytes()
    ended = orch("run", "repair", "--run", run_id)
    assert (ended.code, says(ended.out, "nothing-to-repair")) == (0, True)
    assert orch("run", "repair", "--run", run_id, "--json").json == {
        "run_id": run_id,
        "repaired": False,
        "written": [],
        "kept": [],
        "lost": [],
    }
    assert record_of(shipped, run_id).read_bytes() == before


@pytest.mark.slow
def test_a_person_who_says_yes_has_it_written(shipped: Repository, damaged: str) -> None:
    child = at_a_terminal(shipped, damaged)
    child.sendline("y")
    assert code_of(child) == 0
    json.loads(record_of(shipped, damaged).read_bytes())


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["", "n", "maybe"])
def test_a_person_who_says_anything_else_has_not(shipped: Repository, damaged: str, answer: str) -> None:
    before = record_of(shipped, damaged).read_bytes()
    child = at_a_terminal(shipped, damaged)
    child.sendline(answer)
    assert code_of(child) == 5
    assert record_of(shipped, damaged).read_bytes() == before


@pytest.mark.slow
def test_ctrl_c_at_the_question_is_130_and_nothing_is_written(shipped: Repository, damaged: str) -> None:
    before = record_of(shipped, damaged).read_bytes()
    child = at_a_terminal(shipped, damaged)
    child.sendintr()
    child.expect_exact("nothing was written\r\nNext: orch -C")
    assert code_of(child) == 130
    assert record_of(shipped, damaged).read_bytes() == before


def test_what_a_terminal_would_obey_is_shown_and_not_sent(shipped: Repository, damaged: str, orch: Orch) -> None:
    record = record_of(shipped, damaged)
    record.write_bytes(record.read_bytes() + b"\x1b]0;owned\x07\n\xe2\x80\xae")
    out = orch("run", "repair", "--run", damaged, "--yes").out
    assert "\\x1b]0;owned\\x07" in out
    assert "\\u202e" in out
    assert not {"\x1b]0", "\x07", "\u202e"} & {out[i : i + n] for i in range(len(out)) for n in (1, 3)}


def test_a_record_that_cannot_be_told_any_more_is_exit_4_and_git_is_named(
    shipped: Repository, damaged: str, orch: Orch
) -> None:
    shipped.commit()
    record_of(shipped, damaged).write_text("{")
    ended = orch("run", "repair", "--run", damaged, "--yes")
    assert ended.code == 4
    path = f"orchestration/runs/{damaged}/record/RUN.json"
    assert ended.err.rstrip().endswith(f"Next: git checkout HEAD -- {path}")
    assert record_of(shipped, damaged).read_text() == "{"
