"""What to suggest where the rules of a gate have changed: only a person may accept that, and no agent is told how."""

import os
import sys
from pathlib import Path

from gate_tests.errors import DecisionNeeded, OrchError
from runner.agents.environment import may_be_read_by_agent
from runner.cli.context import CliContext


def suggest_decision(cli: CliContext | None, path: str, accept_command: str, *, is_terminal: bool) -> str:
    """The command to accept the change of the file at `path`, or where an agent may read it, to look at the file."""
    if may_be_read_by_agent(os.environ, is_terminal=is_terminal):
        from runner.git.review import suggest_review  # few errors need it

        return suggest_review(_find_root(cli), path)
    return accept_command


def suggest_after(error: DecisionNeeded, cli: CliContext | None) -> str:
    """The command to suggest after this error, which is printed to standard error."""
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    return suggest_decision(cli, error.path, error.accept_command, is_terminal=is_terminal)


def _find_root(cli: CliContext | None) -> Path:
    try:
        return cli.find_workspace().root if cli else Path.cwd()
    except (OrchError, OSError):
        return Path()
