"""`orch doctor`: whether this installation, and this root, are as they should be."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gate_tests.errors import Exit, OrchError
from gate_tests.plain import plain
from runner.cli.command import Command
from runner.cli.options import json_option
from runner.cli.printer import Printer
from runner.cli.site import Site, pass_site
from runner.clock import now

if TYPE_CHECKING:
    from runner.doctor.finding import Finding

_COLOURS = {"ok": "green", "warn": "yellow", "bad": "red"}
_LONGEST_LINE = 2000


@click.command(cls=Command)
@json_option
@pass_site
@click.pass_context
def doctor(context: click.Context, site: Site, as_json: bool) -> None:
    """Say whether this installation and this root are as they should be.

    A line for each thing looked at, with the command that mends it: the byte-code, versions, where `orch` and the
    plugin come from, what shadows them, the root, whether records can be written and locked, the disk, git, the clock.
    Needs no repository. Below the root a file is made and removed again, nothing else is changed. The exit code is 0
    where nothing is bad, whatever is warned of, and 3 where something keeps orch from working.

    \b
    Example:
      orch doctor
    """
    from runner.bytecode import look_for_bytecode

    printer, code = Printer(as_json), look_for_bytecode()
    printer.say(f"{_mark('slow' if code.is_slow else 'ok', 'warn' if code.is_slow else 'ok')}  {code.describe()}")
    findings = list(_findings(site))
    for each in findings:
        printer.say(f"{_mark(each.level, each.level)}  {each.what:<9} {plain(each.text, _LONGEST_LINE)}")
        if each.next_command:
            printer.say(f"      Next: {site.typed(each.next_command)}")
    command = code.next_command()
    if command:
        printer.say(f"Next: {command}")
    told = {"modules": code.modules, "compiled": code.compiled, "slow": code.is_slow, "next": command}
    printer.document({"byte_code": told, "findings": [each.to_json() for each in findings]})
    printer.insist()
    context.exit(Exit.NO_VERDICT if any(each.level == "bad" for each in findings) else Exit.OK)


def _mark(word: str, level: str) -> str:
    return click.style(f"{word:<4}", fg=_COLOURS[level], bold=True)


def _findings(site: Site) -> "Iterator[Finding]":
    from runner.doctor.finding import Finding, Level
    from runner.doctor.installation import look_at_installation
    from runner.doctor.root import look_at_root

    try:
        workspace, fault = site.workspace, None
    except OrchError as error:
        workspace, fault = None, error
    folders = [Path.cwd(), *([workspace.root] if workspace else [])]
    yield from look_at_installation(list(dict.fromkeys(folders)))
    if workspace:
        yield Finding(Level.OK, "root", f"{workspace.root}, {_how(site)}")
        yield from look_at_root(workspace, now())
    elif fault:
        named = site.folder or os.environ.get("ORCH_ROOT")
        yield Finding(Level.BAD if named else Level.WARN, "root", fault.message, fault.next_command)


def _how(site: Site) -> str:
    """How the root was found."""
    if site.folder:
        return "named by -C"
    return "named by ORCH_ROOT" if os.environ.get("ORCH_ROOT") else "found from the current folder upwards"
