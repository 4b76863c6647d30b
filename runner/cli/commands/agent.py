"""`orch agent …`: instructions for agents."""

import os
from typing import TYPE_CHECKING

import click

from gate_tests.errors import Refused
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import CommandGroup
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace


@click.group(cls=CommandGroup)
def agent() -> None:
    """Print instructions for coding agents.

    \b
    Example:
      orch agent instructions
    """


@agent.command()
@json_option
@pass_cli_context
def instructions(cli: CliContext, as_json: bool) -> None:
    """Print a section for AGENTS.md or CLAUDE.md.

    Markdown: what to do at a gate, with which commands, what the exit codes mean, and the workflows of the root, if
    any. With --json, the same text and its parts.

    \b
    Example:
      orch agent instructions
      orch agent instructions --json
    """
    from runner.agents.instructions import EXIT_MEANINGS, INSTRUCTIONS, compose_instructions
    from runner.workflows.definition import Workflow, load_workflow

    printer = Printer(as_json)
    workflows: list[Workflow] = []
    if (workspace := _find_workspace(cli)) is not None:
        workflows = [load_workflow(workspace, name) for name in workspace.workflows()]
    text = compose_instructions(workflows)
    if not as_json:
        printer.print_text(text, newline=False)
    printer.print_document({
        "markdown": text,
        "commands": [each.command for each in INSTRUCTIONS if each.command],
        "exit_codes": {str(int(code)): meaning for code, meaning in EXIT_MEANINGS.items()},
        "workflows": {workflow.name: [gate.gate for gate in workflow.gates] for workflow in workflows},
    })  # fmt: skip
    printer.raise_output_error()


def _find_workspace(cli: CliContext) -> "Workspace | None":
    """The workspace, if there is one. Raises Refused where a root was given and is none."""
    try:
        return cli.workspace
    except Refused:
        if cli.directory or os.environ.get("ORCH_ROOT"):
            raise
        return None
