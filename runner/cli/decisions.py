"""What to suggest where the rules of a gate have changed: only a person may accept that, and no agent is told how."""

import os
import sys
from pathlib import Path
from shlex import quote

from gate_tests.errors import DecisionNeeded, OrchError
from runner import suggestions
from runner.agents.environment import may_be_read_by_agent
from runner.cli.context import CliContext


def suggest_decision(cli: CliContext | None, path: str, accept_command: str, *, is_terminal: bool) -> str:
    """The command to accept the change of the file at `path`, or where an agent may read it, to look at the file."""
    if may_be_read_by_agent(os.environ, is_terminal=is_terminal):
        return suggest_review(cli, path)
    return accept_command


def suggest_review(cli: CliContext | None, path: str) -> str:
    """The command that shows the change of a file, or without git, the file."""
    return suggestions.diff_file(path) if _is_in_git(cli) else f"cat {quote(path)}"


def suggest_after(error: DecisionNeeded, cli: CliContext | None) -> str:
    """The command to suggest after this error, which is printed to standard error."""
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    return suggest_decision(cli, error.path, error.accept_command, is_terminal=is_terminal)


def _is_in_git(cli: CliContext | None) -> bool:
    try:
        root = cli.workspace.root if cli else Path.cwd()
    except (OrchError, OSError):
        return False
    return any((directory / ".git").exists() for directory in (root, *root.parents))
