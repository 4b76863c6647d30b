"""`orch doctor`: whether this installation is as it should be."""

import click

from runner.cli.command import Command
from runner.cli.options import json_option
from runner.cli.printer import Printer


@click.command(cls=Command)
@json_option
def doctor(as_json: bool) -> None:
    """Say whether this installation is as quick as it can be.

    Looks for the byte-code of the installed packages. Without it each start takes several times as long. Needs no
    repository, changes nothing; the exit code is 0 whatever it finds.

    \b
    Example:
      orch doctor
    """
    from runner.bytecode import look_for_bytecode

    printer, found = Printer(as_json), look_for_bytecode()
    mark = click.style("slow", fg="yellow", bold=True) if found.is_slow else click.style("ok  ", fg="green", bold=True)
    printer.say(f"{mark}  {found.describe()}")
    command = found.next_command()
    if command:
        printer.mention(f"Next: {command}")
    told = {"modules": found.modules, "compiled": found.compiled, "slow": found.is_slow, "next": command}
    printer.document({"byte_code": told})
    printer.insist()
