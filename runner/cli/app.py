"""`orch`: the group of all commands."""

import sys
from pathlib import Path
from typing import Final

import click

from runner.cli.context import CliContext
from runner.cli.lazy_group import LazyGroup
from runner.cli.terminal.printer import echo

COMMANDS: Final = {
    "agent": ("runner.cli.commands.agent:agent", "Tell agents how to work with orch."),
    "completion": (
        "runner.cli.commands.completion:completion",
        "Print what makes a shell complete commands, runs and gates.",
    ),
    "contract": ("runner.cli.commands.contract:contract", "Write, explain, lint and test contracts."),
    "demo": ("runner.cli.commands.demo:demo", "Play three gates over a small real example."),
    "doctor": ("runner.cli.commands.doctor:doctor", "Say what keeps this installation from working well, or quickly."),
    "gate": ("runner.cli.commands.gate:gate", "Start, check, finish or fail an attempt at a gate."),
    "hook": ("runner.cli.commands.hook:hook", "Answer the hooks of coding agents."),
    "init": ("runner.cli.commands.init:init", "Put contracts and workflows into a repository."),
    "invocation": ("runner.cli.commands.invocation:invocation", "Record the invocations of agents."),
    "schema": ("runner.cli.commands.schema:schema", "Print the JSON Schema of a contract, workflow or record."),
    "run": ("runner.cli.commands.run:run", "Start, list, show, complete, repair, resume runs; lead through one."),
    "status": ("runner.cli.commands.status:status", "Say where a run stands and what to type next."),
    "workflow": ("runner.cli.commands.workflow:workflow", "Create workflows."),
}
"""Name → (`module:attribute`, short help: the first line of the command's own help)."""


def _show_version(context: click.Context, _: click.Parameter, is_set: bool) -> None:
    if is_set and not context.resilient_parsing:
        from runner.version import VERSION

        echo(f"orch {VERSION}", sys.stdout)
        context.exit()


@click.group(cls=LazyGroup, lazy_commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "directory",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The root, instead of looking upwards for one.",
)
@click.option("--version", is_flag=True, callback=_show_version, expose_value=False, is_eager=True, help="The version.")
@click.pass_context
def app(context: click.Context, directory: Path | None) -> None:
    """Tells whether each step of a pipeline is really done, and remembers it.

    A run goes through gates. A gate's contract says which files must exist and what they must contain. An attempt is
    started, somebody does the work, and `orch gate finish` judges it with pytest and records the verdict.

    \b
    Example:
      orch demo
      orch run visual-essay --slug the-word-robot --artifact-path src/app/essays/the-word-robot
    """
    context.obj = CliContext(directory)
