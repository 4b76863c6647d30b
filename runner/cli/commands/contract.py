"""`orch contract …`: new, explain, lint, test."""

from typing import Final

import click

from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import LazyGroup
from runner.cli.options import complete_from_workspace, complete_words, json_option, optional_run_option, validate_text
from runner.cli.terminal.printer import Printer

_LAZY_COMMANDS: Final = {
    "lint": (
        "runner.cli.commands.contract_lint:lint",
        "Say everything that is wrong with contracts, then what proves little.",
    ),
    "test": ("runner.cli.commands.contract_mutation:test", "Try whether each check of a gate can fail."),
}
"""Name → (`module:attribute`, short help)."""


@click.group(cls=LazyGroup, lazy_commands=_LAZY_COMMANDS)
def contract() -> None:
    """Write, explain, lint and test contracts.

    \b
    Example:
      orch contract new G4 --name "Draft Written"
      orch contract explain G4
      orch contract lint --strict
    """


@contract.command()
@click.argument("gate_id", metavar="GATE")
@click.option("--name", required=True, metavar="TEXT", callback=validate_text, help="The gate's name for people.")
@json_option
@pass_cli_context
def new(cli: CliContext, gate_id: str, name: str, as_json: bool) -> None:
    """Write a contract to begin with. It never overwrites one.

    \b
    Example:
      orch contract new G4 --name "Draft Written"
    """
    from runner.contracts.template import write_contract_template

    printer = Printer(as_json)
    path = write_contract_template(cli.workspace, gate_id, name)
    printer.print_line(f"created  {path}")
    printer.print_hint("Edit it: it is an example. For completion in an editor:")
    schema = cli.format_command("orch schema contract > orchestration/gates/contract.schema.json")
    printer.print_hint(f"  {schema}")
    printer.print_hint(f"Next: {cli.format_command(suggestions.explain_contract(gate_id))}")
    printer.print_document({"created": path})


@contract.command()
@click.argument("gate_id", metavar="GATE", shell_complete=complete_from_workspace("gates"))
@optional_run_option("The run it is to be explained for: its id, the beginning of it, or latest.")
@click.option("--slug", metavar="SLUG", help="What it is about, where there is no run yet.")
@click.option("--artifact-path", metavar="PATH", help="Where the work goes. Default: as the workflow says.")
@click.option(
    "--depth",
    metavar="quick|standard|deep",
    help="How thorough it is to be. Default: the run's, or standard.",
    shell_complete=complete_words(("quick", "standard", "deep")),
)
@json_option
@pass_cli_context
def explain(
    cli: CliContext,
    gate_id: str,
    run_id: str | None,
    slug: str | None,
    artifact_path: str | None,
    depth: str | None,
    as_json: bool,
) -> None:
    """Say in words what a gate will check, with its paths resolved.

    Nothing is read but the contract, nothing is run: it can be asked before any work starts.

    \b
    Example:
      orch contract explain G2 --slug the-word-robot --depth deep
    """
    from runner.contracts.explain import ExplainRequest, explain_gate, suggest_next_command

    printer = Printer(as_json)
    explanation = explain_gate(cli.store, gate_id, ExplainRequest(run_id, slug, artifact_path, depth))
    for line in explanation.lines():
        printer.print_line(line)
    printer.print_hint(f"Next: {cli.format_command(suggest_next_command(cli.workspace, explanation, run_id))}")
    printer.print_document(explanation.to_json())
    printer.raise_output_error()
