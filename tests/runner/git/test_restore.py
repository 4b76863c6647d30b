"""What restores a lost file is named as git has it at this moment, and works."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from gate_tests.errors import LostFile
from runner.git.restore import find_lost_root, suggest_restore
from tests.support.git_checkout import commit, git, make_checkout

FILE = "orchestration/gates/contracts/G1.contract.json"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with one commit, and a contract that is not in it."""
    root = make_checkout(tmp_path / "repo", "-b", "main")
    commit(root)
    write(root, "{}")
    return root


def write(root: Path, content: str) -> None:
    (root / FILE).parent.mkdir(parents=True, exist_ok=True)
    (root / FILE).write_text(content)


def committed(root: Path) -> None:
    git(root, "add", "-A")
    commit(root)


def staged(root: Path) -> None:
    git(root, "add", "-A")


def staged_anew(root: Path) -> None:
    committed(root)
    write(root, "staged")
    git(root, "add", "-A")


def removed_from_index(root: Path) -> None:
    committed(root)
    git(root, "rm", "-q", "--cached", FILE)


def in_history(root: Path) -> None:
    committed(root)
    git(root, "rm", "-q", FILE)
    commit(root)


def on_another_branch(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "other")
    committed(root)
    git(root, "checkout", "-q", "main")


def before_the_first_commit(root: Path) -> None:
    git(root, "checkout", "-q", "--orphan", "empty")
    git(root, "rm", "-rqf", "--cached", ".")


def staged_before_the_first_commit(root: Path) -> None:
    before_the_first_commit(root)
    git(root, "add", "-A")


def in_conflict(root: Path) -> None:
    """Our side has removed it, theirs has changed it."""
    committed(root)
    git(root, "checkout", "-q", "-b", "other")
    write(root, "theirs")
    committed(root)
    git(root, "checkout", "-q", "main")
    git(root, "rm", "-q", FILE)
    commit(root)
    with pytest.raises(subprocess.CalledProcessError):
        git(root, "merge", "other")


STATES: dict[str, tuple[Callable[[Path], None], str | None]] = {
    "git has none": (lambda root: None, None),
    "the commit has it": (committed, f"git checkout HEAD -- {FILE}"),
    "only the index has it": (staged, f"git checkout -- {FILE}"),
    "the index has a newer one": (staged_anew, f"git checkout -- {FILE}"),
    "the commit has it, the index does not": (removed_from_index, f"git checkout HEAD -- {FILE}"),
    "an earlier commit has it": (in_history, f"git log -- {FILE}"),
    "another branch has it": (on_another_branch, f"git log --all -- {FILE}"),
    "only the other side of a merge has it": (in_conflict, f"git log -- {FILE}"),
    "no commit yet": (before_the_first_commit, None),
    "no commit yet, but staged": (staged_before_the_first_commit, f"git checkout -- {FILE}"),
}


@pytest.mark.parametrize(("prepare", "command"), STATES.values(), ids=STATES.keys())
def test_a_lost_file_is_restored_from_where_git_has_it(
    checkout: Path, prepare: Callable[[Path], None], command: str | None
) -> None:
    prepare(checkout)
    (checkout / FILE).unlink(missing_ok=True)
    assert suggest_restore(LostFile(checkout, FILE)) == command
    if command:
        printed = subprocess.run(shlex.split(command), cwd=checkout, capture_output=True, text=True, check=True).stdout
        assert (checkout / FILE).exists() == command.startswith("git checkout")
        assert printed or (checkout / FILE).exists()


def test_without_a_repository_there_is_nothing_to_restore_from(tmp_path: Path) -> None:
    assert suggest_restore(LostFile(tmp_path, FILE)) is None
    assert find_lost_root(tmp_path) is None


@pytest.mark.parametrize("inner", ["", "src/app"], ids=["at the root", "below it"])
def test_a_root_that_a_sparse_checkout_leaves_out_is_found_from_anywhere(checkout: Path, inner: str) -> None:
    committed(checkout)
    git(checkout, "sparse-checkout", "set", "src")
    start = checkout / inner
    start.mkdir(parents=True, exist_ok=True)
    assert not (checkout / "orchestration").exists()
    lost = find_lost_root(start)
    assert lost == LostFile(Path(os.path.realpath(checkout)), "orchestration/gates")
    command = suggest_restore(lost)
    assert command == "git checkout --ignore-skip-worktree-bits HEAD -- orchestration/gates"
    subprocess.run(shlex.split(command), cwd=checkout, check=True, capture_output=True)
    assert (checkout / FILE).exists()
    assert find_lost_root(start) is None


def test_a_root_that_only_another_branch_has_is_not_lost_here(checkout: Path) -> None:
    on_another_branch(checkout)
    shutil.rmtree(checkout / "orchestration", ignore_errors=True)
    assert find_lost_root(checkout) is None
