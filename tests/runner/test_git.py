"""Git is asked which commit the work stands on, and nothing else."""

import os
import subprocess
from pathlib import Path

import pytest

from runner.git import GitQuestion


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A git repository with one file, not committed yet."""
    git(tmp_path, "init", "--quiet")
    (tmp_path / "a.md").write_text("one\n")
    git(tmp_path, "add", "a.md")
    return tmp_path


def git(folder: Path, *arguments: str) -> str:
    """Runs git as nobody in particular, without any machine's configuration."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    who = ("-c", "user.name=Nobody", "-c", "user.email=nobody@example.org", "-c", "commit.gpgsign=false")
    done = subprocess.run(("git", *who, *arguments), cwd=folder, env=environment, capture_output=True, check=True)
    return done.stdout.decode().strip()


def commit(folder: Path) -> str:
    git(folder, "commit", "--quiet", "-m", "first")
    return git(folder, "rev-parse", "HEAD")


def test_a_clean_checkout_is_its_commit(checkout: Path) -> None:
    head = commit(checkout)
    assert GitQuestion(checkout).answer() == {"commit": head, "dirty": False}


def test_a_folder_inside_the_checkout_gives_the_same_answer(checkout: Path) -> None:
    head = commit(checkout)
    (checkout / "inner").mkdir()
    assert GitQuestion(checkout / "inner").answer() == {"commit": head, "dirty": False}


def test_a_changed_tracked_file_makes_it_dirty(checkout: Path) -> None:
    head = commit(checkout)
    (checkout / "a.md").write_text("two\n")
    assert GitQuestion(checkout).answer() == {"commit": head, "dirty": True}


def test_a_file_that_git_does_not_know_does_not_make_it_dirty(checkout: Path) -> None:
    head = commit(checkout)
    (checkout / "new.md").write_text("new\n")
    assert GitQuestion(checkout).answer() == {"commit": head, "dirty": False}


def test_before_the_first_commit_there_is_none(checkout: Path) -> None:
    assert GitQuestion(checkout).answer() == {"commit": None, "dirty": True}


def test_outside_a_checkout_there_is_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert GitQuestion(tmp_path).answer() is None


def test_without_git_there_is_no_answer(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(checkout / "nothing-here"))
    assert GitQuestion(checkout).answer() is None


def test_git_variables_of_the_surroundings_do_not_change_the_answer(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(checkout)
    monkeypatch.setenv("GIT_DIR", str(checkout / "another/.git"))
    assert GitQuestion(checkout).answer() == {"commit": head, "dirty": False}


def test_asking_writes_nothing_into_the_checkout(checkout: Path) -> None:
    commit(checkout)
    os.utime(checkout / "a.md", (1_000_000_000, 1_000_000_000))  # makes git want to refresh its index
    before = (checkout / ".git/index").read_bytes()
    GitQuestion(checkout).answer()
    assert (checkout / ".git/index").read_bytes() == before


def test_a_monitor_that_the_checkout_configures_is_not_run(checkout: Path) -> None:
    commit(checkout)
    monitor = checkout / ".git/monitor"
    monitor.write_text(f"#!/bin/sh\ntouch {checkout}/it-ran\n")
    monitor.chmod(0o755)
    git(checkout, "config", "core.fsmonitor", str(monitor))
    GitQuestion(checkout).answer()
    assert not (checkout / "it-ran").exists()
