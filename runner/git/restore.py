"""The command that restores a lost or damaged file from git."""

import os
from pathlib import Path
from typing import Final

from gate_tests.errors import LostFile
from runner import suggestions
from runner.git.command import GitCommand
from runner.git.history import (
    has_history,
    has_staged_change,
    hash_committed,
    is_in_commit,
    is_in_conflict,
    is_left_out,
    is_unchanged,
)
from runner.git.isolated import open_repository
from runner.git.repository import GitUnavailable

_ROOT_PARTS: Final = ("orchestration/gates", "orchestration/gates/contracts", "orchestration/workflows")
_MAY_BE_LINKS: Final = ("orchestration/runs", "orchestration")


def suggest_restore(lost: LostFile) -> str | None:
    """The command, for the root, that restores the file or shows the commits that have it; None where git has none.

    From the commit only if restoring that would change the file; of a file in conflict, our side, if that has it; of
    a file that is missing, what was staged of it last.
    """
    root, path = lost.root, _resolve_links(lost)
    try:
        with open_repository(GitCommand(root)) as git:
            if git is None:
                return None
            if is_in_conflict(git, path):
                return suggestions.checkout_ours(path)
            if not os.path.lexists(root / path) and has_staged_change(git, path):
                return suggestions.checkout_staged(path)
            if is_in_commit(git, path) and not is_unchanged(git, path):
                return suggestions.checkout_file(path, is_left_out=is_left_out(git, path))
            if has_history(git, path):
                return suggestions.show_commits(path)
            return suggestions.show_commits_of_all(path) if has_history(git, path, on_any_branch=True) else None
    except (GitUnavailable, OSError):
        return None


def suggest_restore_as(lost: LostFile, sha256: str) -> str | None:
    """The command that restores the file from the commit that is checked out, if it has this hash there."""
    try:
        with open_repository(GitCommand(lost.root)) as git:
            if git is None or not is_in_commit(git, lost.path) or hash_committed(git, lost.path) != sha256:
                return None
            return suggestions.checkout_file(lost.path, is_left_out=is_left_out(git, lost.path))
    except (GitUnavailable, OSError):
        return None


def find_lost_root(start: Path) -> LostFile | None:
    """What the commit that is checked out has of a root, in `start` or above it, and the work tree lacks; else None.

    A sparse checkout may leave it out. Nothing is looked for above the repository.
    """
    try:
        with open_repository(GitCommand(start)) as git:
            if git is None:
                return None
            here = Path(os.path.realpath(start))
            above = [directory for directory in (here, *here.parents) if directory.is_relative_to(git.top)]
            for levels, directory in enumerate(above):
                for part in _ROOT_PARTS:
                    if _is_empty(directory / part) and is_in_commit(git, f"{'../' * levels}{part}"):
                        return LostFile(directory, part)
    except (GitUnavailable, OSError):
        pass
    return None


def is_git_silent(root: Path) -> bool:
    """Whether there is a repository, of which nobody knows what it has because git cannot be asked."""
    try:
        with open_repository(GitCommand(root)):
            return False
    except (GitUnavailable, OSError):
        return any(os.path.lexists(directory / ".git") for directory in (root, *root.parents))


def _is_empty(directory: Path) -> bool:
    try:
        return not os.listdir(directory)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _resolve_links(lost: LostFile) -> str:
    """The path as git has it: git follows no link to a directory."""
    root, path = lost
    for directory in _MAY_BE_LINKS:
        if path.startswith(f"{directory}/") and os.path.islink(root / directory):
            real = Path(os.path.realpath(root / directory), path.removeprefix(f"{directory}/"))
            return os.path.relpath(real, os.path.realpath(root))
    return path
