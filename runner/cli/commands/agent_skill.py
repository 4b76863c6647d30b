"""`orch agent skill`: a skill for coding agents."""

import os
from pathlib import Path
from typing import Final

import click

from gate_tests.errors import Refused
from runner.cli.commands.agent_instructions import find_workspace, load_workflows, require_path
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer

_DEFAULT: Final = ".claude/skills"


@click.command(cls=Command)
@click.option(
    "--write",
    "directory",
    type=click.Path(),
    is_flag=False,
    flag_value=_DEFAULT,
    metavar="[DIR]",
    help=f"Write DIR/orch/SKILL.md. DIR: {_DEFAULT} if not given.",
)
@json_option
@pass_cli_context
def skill(cli: CliContext, directory: str | None, as_json: bool) -> None:
    """Print a skill (SKILL.md).

    A skill contains the same as `orch agent instructions`, but an agent reads it only when it needs it. The format is
    that of the Agent Skills specification. Claude Code finds it in .claude/skills; Codex and others in .agents/skills.

    --write replaces a file that this command wrote before, but no other.

    \b
    Example:
      orch agent skill
      orch agent skill --write
      orch agent skill --write .agents/skills
    """
    from runner.agents.skill import SKILL_FILE, SKILL_NAME, compose_skill

    printer = Printer(as_json)
    text = compose_skill(load_workflows(find_workspace(cli)))
    path = None if directory is None else Path(os.path.expanduser(require_path(directory)), SKILL_FILE)
    change = _write(path, text) if path else None
    if change:
        printer.print_line(f"{change:<9}  {path}")
    elif not as_json:
        printer.print_text(text, newline=False)
    printer.print_document({
        "name": SKILL_NAME, "markdown": text, **({"path": str(path), "change": change} if change else {}),
    })  # fmt: skip
    printer.raise_output_error()


def _write(path: Path, text: str) -> str:
    from runner.agents.skill import is_generated
    from runner.storage.user_file import read_user_file, write_user_file

    content = read_user_file(path)
    if content is not None and not is_generated(content):
        raise Refused(
            f"{path} exists and was not written by orch agent skill",
            advice="move it away, or give another directory with --write",
        )
    return write_user_file(path, text.encode(), content, makes_directory=True)
