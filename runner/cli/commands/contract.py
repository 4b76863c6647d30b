"""`orch contract …`: new, explain, lint, test."""

from typing import Final

import click

from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.gate_option import contract_gate_argument
from runner.cli.lazy_group import LazyGroup
from runner.cli.options import artifact_path_option, complete_words, json_option, validate_text
from runner.cli.run_option import run_to_explain
from runner.cli.terminal.printer import Printer

_LAZY_COMMANDS: Final = {
    "lint": (
        "runner.cli.commands.contract_lint:lint",
        "Report errors in contracts, and checks that prove little.",
    ),
    "test": (
        "runner.cli.commands.contract_mutation:test",
        "Mutation-test a contract: every check must be able to fail.",
    ),
}
"""Name → (`module:attribute`, short help)."""

_HANGING: Final = 3
"""The indent of the text of a numbered line, `  1. …`."""


@click.group(cls=LazyGroup, lazy_commands=_LAZY_COMMANDS)
def contract() -> None:
    """Create, explain, lint and test contracts.

    \b
    Example:
      orch contract new G4 --name "Draft Written"
      orch contract explain G4
      orch contract lint --strict
    """


@contract.command()
@click.argument("gate_id", metavar="GATE")
@click.option("--name", required=True, metavar="TEXT", callback=validate_text, help="Human-readable name of the gate.")
@json_option
@pass_cli_context
def new(cli: CliContext, gate_id: str, name: str, as_json: bool) -> None:
    """Create a contract from a template.

    An existing contract is not overwritten.

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
@contract_gate_argument
@run_to_explain
@click.option("--slug", metavar="SLUG", help="The topic, if there is no run yet.")
@artifact_path_option
@click.option(
    "--depth",
    metavar="DEPTH",
    help="quick, standard or deep. Default: the run's.",
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
    """Explain what a gate checks, with its paths resolved.

    The paths are those of a run, or of the given slug, artifact path and depth. Only the contract is read, and
    nothing is run.

    \b
    Example:
      orch contract explain G2
      orch contract explain G2 --slug the-word-robot --depth deep
    """
    from runner.contracts.explain import ExplainRequest, explain_gate, suggest_next_command

    printer = Printer(as_json)
    explanation = explain_gate(cli.store, gate_id, ExplainRequest(run_id, slug, artifact_path, depth))
    for line in explanation.lines():
        printer.print_wrapped(line, _HANGING)
    printer.print_hint(f"Next: {cli.format_command(suggest_next_command(cli.workspace, explanation, run_id))}")
    printer.print_document(explanation.to_json())
    printer.raise_output_error()
