"""The command that commits a run that has passed works as it stands, and names nothing that git would refuse."""

import shlex
import shutil
import subprocess
from collections.abc import Callable

import pytest

from runner.storage.store import Store
from runner.workflows.commit_command import suggest_commit
from tests.support.git_checkout import commit, git
from tests.support.repository import ARTIFACTS, Ended, Repository

Orch = Callable[..., Ended]


@pytest.fixture
def passed(shipped: Repository, orch: Orch) -> str:
    """A run whose G1 has passed, in a git repository with one commit."""
    git(shipped.root, "init", "--quiet")
    git(shipped.root, "config", "user.name", "Nobody")
    git(shipped.root, "config", "user.email", "nobody@example.org")
    git(shipped.root, "add", ".")
    commit(shipped.root)
    shipped.add_example("G1")
    run_id = shipped.start_run(ARTIFACTS)
    orch("gate", "start", "--run", run_id, "--gate", "G1", "--agent", "maker")
    assert orch("gate", "finish", "--run", run_id, "--gate", "G1").code == 0
    return run_id


def suggest(repository: Repository, run_id: str) -> str:
    return suggest_commit(repository.workspace, Store(repository.workspace).read(run_id))


def committed(repository: Repository) -> list[str]:
    return git(repository.root, "show", "--name-only", "--format=", "HEAD").splitlines()


def paste(repository: Repository, command: str) -> None:
    subprocess.run(["sh", "-c", command], cwd=repository.root, check=True, capture_output=True)


@pytest.mark.slow
def test_record_and_outputs_are_committed_and_no_logs(shipped: Repository, passed: str) -> None:
    paste(shipped, suggest(shipped, passed))
    record = f"orchestration/runs/{passed}/record"
    assert committed(shipped) == [
        f"{record}/RUN.json", f"{record}/gates/G1/attempt-1.json", f"{ARTIFACTS}/research/INTAKE.md",
    ]  # fmt: skip


@pytest.mark.slow
def test_outputs_that_git_ignores_or_that_are_gone_are_not_named(shipped: Repository, passed: str) -> None:
    shipped.write(".gitignore", "*.md\n")
    paste(shipped, suggest(shipped, passed))
    assert ARTIFACTS not in suggest(shipped, passed)
    (shipped.root / ".gitignore").unlink()
    assert ARTIFACTS in suggest(shipped, passed)
    shutil.rmtree(shipped.root / ARTIFACTS)
    assert ARTIFACTS not in suggest(shipped, passed)


@pytest.mark.slow
def test_outputs_beyond_a_symlink_are_named_by_their_own_path(shipped: Repository, passed: str) -> None:
    (shipped.root / "src").rename(shipped.root / "real")
    (shipped.root / "src").symlink_to("real")
    paste(shipped, suggest(shipped, passed))
    assert ARTIFACTS.replace("src/", "real/") + "/research/INTAKE.md" in committed(shipped)


@pytest.mark.slow
def test_where_no_commit_can_have_the_record_the_runs_are_listed(shipped: Repository, passed: str) -> None:
    shipped.write("orchestration/.gitignore", "runs/\n")
    assert suggest(shipped, passed) == "orch run list"
    (shipped.root / "orchestration/.gitignore").unlink()
    assert suggest(shipped, passed).startswith("git add ")
    shutil.rmtree(shipped.root / ".git")
    assert suggest(shipped, passed) == "orch run list"


@pytest.mark.slow
def test_a_run_that_was_completed_as_passed_is_committed_next(shipped: Repository, orch: Orch) -> None:
    git(shipped.root, "init", "--quiet")
    git(shipped.root, "config", "user.name", "Nobody")
    git(shipped.root, "config", "user.email", "nobody@example.org")
    shipped.add_example("G1", "G2", "G3")
    run_id = shipped.start_run(ARTIFACTS)
    for gate in ("G1", "G2", "G3"):
        orch("gate", "start", "--run", run_id, "--gate", gate, "--agent", "maker")
        assert orch("gate", "finish", "--run", run_id, "--gate", gate).code == 0
    ended = orch("run", "complete", "--run", run_id)
    first, last = ended.out.splitlines()
    assert first == f"run {run_id} completed: PASSED"
    paste(shipped, last.removeprefix("Next: "))
    assert shlex.split(last)[-1] == "visual-essay the-word-robot: PASSED"
    assert git(shipped.root, "log", "-1", "--format=%s") == "visual-essay the-word-robot: PASSED"
