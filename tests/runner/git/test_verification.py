"""A repository that cannot be asked is refused in one line, with what helps."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from runner.git.tree import read_index
from runner.git.verification import open_for_verification
from tests.support.git_checkout import commit, git


def nothing(root: Path) -> None:
    shutil.rmtree(root / ".git")


def bare_by_configuration(root: Path) -> None:
    git(root, "config", "core.bare", "true")


def bare(root: Path) -> None:
    for path in (root / ".git").iterdir():
        path.rename(root / path.name)
    (root / ".git").rmdir()


def elsewhere(root: Path) -> None:
    (root.parent / "elsewhere").mkdir()
    git(root, "config", "core.worktree", str(root.parent / "elsewhere"))


def separate(root: Path) -> None:
    """The repository is beside its work tree, which is said to be elsewhere."""
    git(root, "init", "--quiet", "--separate-git-dir", str(root.parent / "separate.git"))
    elsewhere(root)


def broken(root: Path) -> None:
    (root / ".git/HEAD").unlink()


def moved(root: Path) -> None:
    shutil.rmtree(root / ".git")
    (root / ".git").write_text("gitdir: /nowhere/.git\n")


def corrupted_index(root: Path) -> None:
    (root / ".git/index").write_bytes(b"garbage" * 100)


def unknown_extension(root: Path) -> None:
    git(root, "config", "core.repositoryFormatVersion", "1")
    git(root, "config", "extensions.fromTheFuture", "true")


@pytest.mark.parametrize(
    ("arrange", "message"),
    [
        (nothing, "{root} is not in a git repository"),
        (bare, "{root} is a bare repository: it has no work tree"),
        (bare_by_configuration, "{root}/.git has its work tree elsewhere, or is a bare repository"),
        (elsewhere, "{root}/.git has its work tree elsewhere, or is a bare repository"),
        (separate, "{root} is not in the work tree of {root.parent}/separate.git"),
        (broken, "git cannot read the repository: {root}/.git is not a git directory, or cannot be read"),
        (
            moved,
            "git cannot read the repository: {root}/.git names /nowhere/.git, which is not a git directory",
        ),
        (corrupted_index, "git cannot read the repository: fatal: index file corrupt"),
        (
            unknown_extension,
            "git cannot read the repository: this version does not support the repository, "
            "or its configuration is empty",
        ),
    ],
)
def test_a_repository_that_cannot_be_asked_is_one_line_and_what_to_do(
    checkout: Path, arrange: Callable[[Path], None], message: str
) -> None:
    arrange(checkout)
    with pytest.raises(Refused) as refused, open_for_verification(checkout) as repository:
        read_index(repository)
    assert refused.value.message == message.format(root=checkout)
    assert refused.value.next_command or refused.value.advice


def test_without_git_the_message_says_so(checkout: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match=r"^git is not on the PATH$") as refused, open_for_verification(checkout):
        pass
    assert refused.value.advice == "install git, then repeat the command"


def test_an_error_that_is_not_of_git_is_not_taken_for_one(checkout: Path) -> None:
    with pytest.raises(PermissionError), open_for_verification(checkout):
        raise PermissionError


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_repository_of_another_user_is_read(checkout: Path) -> None:
    commit(checkout)
    for path in (checkout, *checkout.rglob("*")):
        os.lchown(path, 1234, 1234)
    with open_for_verification(checkout) as repository:
        assert [*read_index(repository).entries] == ["a.md"]
