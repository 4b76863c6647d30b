"""The command that restores a lost or damaged file from git."""

import os
from pathlib import Path
from typing import Final

from gate_tests.errors import LostFile
from runner import suggestions
from runner.git.command import GitCommand
from runner.git.history import has_history, is_in_commit, is_in_conflict, is_left_out, is_unchanged
from runner.git.isolated import open_repository
from runner.git.repository import GitUnavailable

_MAY_BE_LINKS: Final = ("orchestration/runs", "orchestration")


def suggest_restore(lost: LostFile) -> str | None:
    """The command, for the root, that restores the file or shows the commits that have it; None where git has none.

    From the commit only if restoring that would change the file; of a file in conflict, our side, if that has it.
    """
    root, path = lost.root, _resolve_links(lost)
    try:
        with open_repository(GitCommand(root)) as git:
            if git is None:
                return None
            if is_in_conflict(git, path):
                return suggestions.checkout_ours(path)
            if is_in_commit(git, path) and not is_unchanged(git, path):
                return suggestions.checkout_file(path, is_left_out=is_left_out(git, path))
            if has_history(git, path):
                return suggestions.show_commits(path)
            return suggestions.show_commits_of_all(path) if has_history(git, path, on_any_branch=True) else None
    except (GitUnavailable, OSError):
        return None


def _resolve_links(lost: LostFile) -> str:
    """The path as git has it: git follows no link to a directory."""
    root, path = lost
    for directory in _MAY_BE_LINKS:
        if path.startswith(f"{directory}/") and os.path.islink(root / directory):
            real = Path(os.path.realpath(root / directory), path.removeprefix(f"{directory}/"))
            return os.path.relpath(real, os.path.realpath(root))
    return path
