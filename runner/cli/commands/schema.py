"""`orch schema …`: the JSON Schemas, for editors and other tools."""

from typing import Final

import click

from gate_tests.errors import Refused, suggest
from runner import suggestions
from runner.cli.lazy_group import Command
from runner.cli.options import complete_words, json_option
from runner.cli.terminal.printer import Printer

KINDS: Final = ("contract", "workflow", "run", "attempt", "agents")


@click.command(cls=Command)
@click.argument("kind", metavar="contract|workflow|run|attempt|agents", shell_complete=complete_words(KINDS))
@json_option
def schema(kind: str, as_json: bool) -> None:
    """Print the JSON Schema of a contract, workflow or record.

    Of a record: RUN.json (run) or the file of an attempt. `agents` is orchestration/agents.local.json. The schema is
    JSON Schema draft-07, with titles, descriptions and examples for editors; that of contracts includes the custom
    check types that are installed. The schema of a record describes its form; orch run check verifies that it is
    consistent.

    \b
    Example:
      orch schema contract
    """
    from runner.schemas import load_schema

    if kind not in KINDS:
        raise Refused(f"unknown schema {kind!r}{suggest(kind, KINDS)}", next_command=suggestions.show_help("schema"))
    printer = Printer(as_json=True)
    printer.print_document(load_schema(kind))
    printer.raise_output_error()
