"""The command that shows a person how a file was changed."""

from pathlib import Path
from shlex import quote

from runner import suggestions
from runner.git.command import GitCommand
from runner.git.history import is_unchanged
from runner.git.isolated import open_repository
from runner.git.repository import GitUnavailable


def suggest_review(root: Path, path: str) -> str:
    """Shows the difference from the commit; where git has none to show, the file."""
    return suggestions.diff_file(path) if _differs_from_commit(root, path) else f"cat {quote(path)}"


def _differs_from_commit(root: Path, path: str) -> bool:
    """Whether the file is in the commit that is checked out, with another content."""
    try:
        with open_repository(GitCommand(root)) as git:
            return git is not None and not is_unchanged(git, path)
    except (GitUnavailable, OSError):
        return False
