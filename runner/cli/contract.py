"""`orch contract …`: write contracts, and know what they are worth."""

import click

from runner.cli.command import Command, LateGroup
from runner.cli.options import checked_text, json_option
from runner.cli.printer import Printer
from runner.cli.site import Site, pass_site

_LATE = {
    "explain": ("runner.cli.explain:explain", "Say in words what a gate will check."),
    "lint": ("runner.cli.lint:lint", "Say everything that is wrong with contracts, then what proves little."),
    "new": ("runner.cli.contract:new", "Begin the contract of a gate."),
}


@click.group(cls=LateGroup, late=_LATE)
def contract() -> None:
    """Write contracts, and know what they are worth.

    \b
    Example:
      orch contract new G4 --name "Design Research"
      orch contract explain G4
      orch contract lint --strict
    """


@click.command(cls=Command)
@click.argument("gate_id", metavar="GATE")
@click.option("--name", required=True, metavar="TEXT", callback=checked_text, help="The gate's name for people.")
@json_option
@pass_site
def new(site: Site, gate_id: str, name: str, as_json: bool) -> None:
    """Begin the contract of a gate.

    Writes a valid one for GATE, whose descriptions say what to put in their place, and the JSON Schema beside it by
    which an editor completes. Nothing is overwritten.

    \b
    Example:
      orch contract new G4 --name "Design Research"
    """
    from runner.new_contract import create_contract

    printer = Printer(as_json)
    created = create_contract(site.workspace, gate_id, name)
    for path in filter(None, created):
        printer.say(f"created  {path}")
    printer.say(f"Next: edit it, then {site.typed(f'orch contract explain {gate_id}')}")
    printer.document(created._asdict())
