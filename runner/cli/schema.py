"""`orch schema`."""

import json

import click

from gate_tests.errors import Refused, suggest
from runner.cli.command import Command
from runner.cli.options import json_option
from runner.cli.printer import Printer


@click.command(cls=Command)
@click.argument("name", metavar="contract|workflow|run|attempt")
@json_option
def schema(name: str, as_json: bool) -> None:
    """Print the JSON Schema of a file of ours.

    Draft-07, of contract|workflow|run|attempt, on standard output, with --json or without: for an editor to complete
    by, and for other programs. Check types of installed packages are in it. Needs no repository.

    \b
    Example:
      orch schema contract
    """
    from runner.formats import FORMATS, format_schema

    if name not in FORMATS:
        raise Refused(f"no schema of {name!r}{suggest(name, FORMATS)}")
    printer, document = Printer(as_json), format_schema(name)
    if as_json:
        printer.document(document)
    else:
        printer.say(json.dumps(document, indent=2, ensure_ascii=False))
    printer.insist()
