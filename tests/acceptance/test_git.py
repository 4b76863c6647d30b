"""What `orch gate finish` records and prints of the git repository around the work."""

import os

import pytest

from tests.support.git_checkout import commit, git
from tests.support.messages import message
from tests.support.repository import Ended, Repository


@pytest.fixture
def opened(repository: Repository) -> Repository:
    """A run of one gate with an open attempt, all of it committed."""
    repository.write_workflow("GT")
    repository.write_contract(validations=[{"type": "not_contains", "target": "a.md", "pattern": "DRAFT"}])
    repository.write("a.md", "clean")
    git(repository.root, "init", "--quiet")
    start(repository)
    return repository


def at_gate(repository: Repository) -> tuple[str, ...]:
    runs = repository.workspace.runs()
    return ("--run", runs[0] if runs else repository.start_run(workflow="tests"), "--gate", "GT")


def start(repository: Repository) -> None:
    assert repository.orch("gate", "start", *at_gate(repository), "--agent", "maker").code == 0
    git(repository.root, "add", ".")
    commit(repository.root)


def finish(repository: Repository, *options: str) -> Ended:
    ended = repository.orch("gate", "finish", *at_gate(repository), *options)
    assert ended.code == 0, ended
    return ended


def recorded(repository: Repository, number: int = 1) -> object:
    return repository.attempt(at_gate(repository)[1], "GT", number)["git"]


@pytest.mark.slow
def test_the_commit_is_recorded_and_nothing_said(opened: Repository) -> None:
    ended = finish(opened)
    assert recorded(opened) == {"commit": git(opened.root, "rev-parse", "HEAD"), "dirty": False}
    assert "git" not in ended.out + ended.err


@pytest.mark.slow
def test_the_records_of_earlier_attempts_do_not_make_the_work_dirty(opened: Repository) -> None:
    finish(opened)
    assert opened.orch("gate", "start", *at_gate(opened), "--agent", "maker").code == 0
    assert git(opened.root, "status", "--porcelain", "--untracked-files=no")
    finish(opened)
    assert recorded(opened, 2) == {"commit": git(opened.root, "rev-parse", "HEAD"), "dirty": False}


def test_a_changed_file_does(opened: Repository) -> None:
    opened.write("a.md", "clean too")
    finish(opened)
    assert recorded(opened) == {"commit": git(opened.root, "rev-parse", "HEAD"), "dirty": True}


@pytest.mark.slow
def test_where_git_does_not_answer_one_line_says_so(opened: Repository) -> None:
    opened.write(".git/HEAD", "broken")
    ended = finish(opened)
    (line,) = [line for line in ended.out.splitlines() if "git" in line]
    assert line == "  warned  " + message("no-git-answer", reason=message("git-too-old"))
    assert recorded(opened) is None
    start_again = opened.orch("gate", "start", *at_gate(opened), "--agent", "maker")
    assert start_again.code == 0
    ended = finish(opened, "--json")
    assert ended.json["git"] is None
    assert line in ended.err.splitlines()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_the_commit_of_a_checkout_of_another_user_is_recorded(opened: Repository) -> None:
    for path in (opened.root, opened.root / ".git"):
        os.chown(path, 12345, 12345)
    ended = finish(opened)
    assert "git" not in ended.out + ended.err
    for path in (opened.root, opened.root / ".git"):
        os.chown(path, 0, 0)
    assert recorded(opened) == {"commit": git(opened.root, "rev-parse", "HEAD"), "dirty": False}
