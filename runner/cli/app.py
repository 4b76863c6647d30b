"""`orch`: the group of all commands."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from runner.cli.context import CliContext
from runner.cli.lazy_group import LazyGroup
from runner.cli.terminal.printer import echo

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS: Final = {
    "agent": ("runner.cli.commands.agent:agent", "Print or write instructions for coding agents."),
    "ci": ("runner.cli.commands.ci:ci", "Lint the contracts, verify, and check the gates that passed."),
    "completion": ("runner.cli.commands.completion:completion", "Print a shell completion script."),
    "contract": ("runner.cli.commands.contract:contract", "Create, explain, lint and test contracts."),
    "demo": ("runner.cli.commands.demo:demo", "Run a demo: three gates of a small real example."),
    "doctor": ("runner.cli.commands.doctor:doctor", "Diagnose problems with this installation."),
    "gate": ("runner.cli.commands.gate:gate", "Start, check, finish or fail an attempt at a gate."),
    "hook": ("runner.cli.commands.hook:hook", "Run as a hook of a coding agent."),
    "init": ("runner.cli.commands.init:init", "Install contracts and workflows in a repository."),
    "invocation": ("runner.cli.commands.invocation:invocation", "Record the invocations of agents."),
    "schema": ("runner.cli.commands.schema:schema", "Print the JSON Schema of a contract, workflow or record."),
    "run": ("runner.cli.commands.run:run", "Run a workflow; list, show, resume, complete, repair runs."),
    "status": ("runner.cli.commands.status:status", "Show the status of a run and the next command."),
    "verify": ("runner.cli.commands.verify:verify", "Verify that records are valid and still true."),
    "workflow": ("runner.cli.commands.workflow:workflow", "Create workflows."),
}
"""Name → (`module:attribute`, short help: the first line of the command's own help)."""


def _complete_directory(_: click.Context, __: click.Parameter, incomplete: str) -> "list[CompletionItem]":
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="dir")]


def _show_version(context: click.Context, _: click.Parameter, is_set: bool) -> None:
    if is_set and not context.resilient_parsing:
        from runner.version import VERSION

        echo(f"orch {VERSION}", sys.stdout)
        context.exit()


@click.group(cls=LazyGroup, lazy_commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "directory",
    metavar="DIR",
    help="Use this root instead of searching upwards.",
    shell_complete=_complete_directory,
)
@click.option(
    "--version",
    is_flag=True,
    callback=_show_version,
    expose_value=False,
    is_eager=True,
    help="Show the version and exit.",
)
@click.pass_context
def app(context: click.Context, directory: str | None) -> None:
    """Verify that each step of a pipeline is complete, and record the result.

    A run goes through gates. A gate's contract says which files must exist and what they must contain. An attempt is
    started, a person or an agent does the work, and `orch gate finish` judges it with pytest and records the verdict.

    \b
    Example:
      orch demo
      orch run visual-essay --slug the-word-robot
    """
    # Not `click.Path`: it looks for a translation of its name, which takes 2 ms in every command.
    context.obj = CliContext(None if directory is None else Path(directory))
