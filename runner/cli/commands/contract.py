"""`orch contract …`: new, explain, lint, test."""

import click

from runner.cli.context import Site, pass_site
from runner.cli.lazy_group import LateGroup
from runner.cli.options import checked_text, complete_with, complete_words, json_option, optional_run_option
from runner.cli.terminal.printer import Printer

_LATE = {
    "lint": (
        "runner.cli.commands.contract_lint:lint",
        "Say everything that is wrong with contracts, then what proves little.",
    ),
    "test": ("runner.cli.commands.contract_mutation:test", "Try whether each check of a gate can fail."),
}
"""By name, where a command stands and its line of help."""


@click.group(cls=LateGroup, late=_LATE)
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
@click.option("--name", required=True, metavar="TEXT", callback=checked_text, help="The gate's name for people.")
@json_option
@pass_site
def new(site: Site, gate_id: str, name: str, as_json: bool) -> None:
    """Write a contract to begin with. It never overwrites one.

    \b
    Example:
      orch contract new G4 --name "Draft Written"
    """
    from runner.contracts.template import write_contract_template

    printer = Printer(as_json)
    path = write_contract_template(site.workspace, gate_id, name)
    printer.say(f"created  {path}")
    printer.mention("for an editor that completes: orch schema contract > orchestration/gates/contract.schema.json")
    printer.mention(f"Next: edit it, then {site.typed(f'orch contract explain {gate_id}')}")
    printer.document({"created": path})


@contract.command()
@click.argument("gate_id", metavar="GATE", shell_complete=complete_with("gates"))
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
@pass_site
def explain(
    site: Site,
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
    from runner.contracts.explain import ExplainRequest, explain_gate

    printer = Printer(as_json)
    explanation = explain_gate(site.store, gate_id, ExplainRequest(run_id, slug, artifact_path, depth))
    for line in explanation.lines():
        printer.say(line)
    printer.document(explanation.to_json())
    printer.insist()
