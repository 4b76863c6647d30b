"""The command that shows a person how a file was changed."""

import os
from pathlib import Path

from runner import suggestions
from runner.git.command import GitCommand
from runner.git.history import is_in_commit, is_unchanged
from runner.git.isolated import open_repository
from runner.git.repository import GitUnavailable


def suggest_review(root: Path, path: str) -> str:
    """Shows the difference from the commit; where git has none to show, the file, or what is in its place."""
    if _differs_from_commit(root, path):
        return suggestions.diff_file(path)
    return suggestions.show_file(path) if os.path.isfile(root / path) else suggestions.list_path(root, path)


def _differs_from_commit(root: Path, path: str) -> bool:
    """Whether the file is in the commit that is checked out, with another content."""
    try:
        with open_repository(GitCommand(root)) as git:
            return git is not None and is_in_commit(git, path) and not is_unchanged(git, path)
    except (GitUnavailable, OSError):
        return False
