"""`orch agent …`: what coding agents need to know about orch."""

from typing import Final

import click

from runner.cli.lazy_group import LazyGroup

_LAZY_COMMANDS: Final = {
    "instructions": (
        "runner.cli.commands.agent_instructions:instructions",
        "Print a section for AGENTS.md or CLAUDE.md.",
    ),
    "skill": ("runner.cli.commands.agent_skill:skill", "Print a skill (SKILL.md)."),
}
"""Name → (`module:attribute`, short help)."""


@click.group(cls=LazyGroup, lazy_commands=_LAZY_COMMANDS)
def agent() -> None:
    """Print or write instructions for coding agents.

    \b
    Example:
      orch agent instructions
      orch agent instructions --write AGENTS.md
      orch agent skill --write
    """
