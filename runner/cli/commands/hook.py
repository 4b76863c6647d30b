"""`orch hook …`: the hooks that the hosts of agents call."""

from typing import Final

import click

from runner.cli.lazy_group import LazyGroup

_LAZY_COMMANDS: Final = {
    "guard": ("runner.cli.commands.hook_guard:guard", "Deny an agent's writes to contracts, workflows and records."),
    "install": ("runner.cli.commands.hook_install:install", "Install the hooks in the file of a host."),
    "remove": ("runner.cli.commands.hook_remove:remove", "Remove the hooks from the file of a host."),
    "status": ("runner.cli.commands.hook_status:status", "Show where the hooks are installed."),
    "stop": ("runner.cli.commands.hook_stop:stop", "Keep an agent from stopping while its gate fails."),
    "task": ("runner.cli.commands.hook_task:task", "Keep a task of an agent team open while its gate fails."),
}
"""Name → (`module:attribute`, short help)."""


@click.group(cls=LazyGroup, lazy_commands=_LAZY_COMMANDS)
def hook() -> None:
    """Run as a hook of a coding agent.

    \b
    Example:
      orch hook install --target claude-code
      orch hook stop
      orch hook stop --target codex
    """
