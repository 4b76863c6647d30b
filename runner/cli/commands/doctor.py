"""`orch doctor`: whether this installation and its surroundings are as they should be."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gate_tests.errors import Refused
from gate_tests.sanitize import plain
from runner.cli.context import Site, pass_site
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer

if TYPE_CHECKING:
    from runner.doctor.finding import Finding

_COLOURS = {"ok": "green", "warn": "yellow", "bad": "red"}
_LONGEST = 1000


@click.command(cls=Command)
@json_option
@pass_site
def doctor(site: Site, as_json: bool) -> None:
    """Say what keeps this installation from working well, or quickly.

    Looks at versions, at where `orch` and the pytest plugin come from and what may be taken for them, at byte-code,
    without which each start takes several times as long; and at the root: git, the right to write, locks. Leaves
    nothing behind. The exit code is 0 whatever it finds; with --json each finding has its health: ok, warn, bad.

    \b
    Example:
      orch doctor
    """
    printer, findings = Printer(as_json), []
    for finding in map(partial(_typed, site), _findings(site)):
        findings.append(finding)
        mark = click.style(f"{finding.health:4}", fg=_COLOURS[finding.health], bold=True)
        printer.say(f"{mark}  {finding.about:9}  {plain(finding.told, _LONGEST)}")
        if finding.next_command:
            printer.say(f"      Next: {finding.next_command}")
    printer.document([finding.to_json() for finding in findings])
    printer.insist()


def _typed(site: Site, finding: "Finding") -> "Finding":
    return finding._replace(next_command=site.typed(finding.next_command)) if finding.next_command else finding


def _findings(site: Site) -> "Iterator[Finding]":
    from runner.doctor.finding import Finding, Health
    from runner.doctor.installation import look_at_installation
    from runner.doctor.repository import look_at_root

    here = _current_folder()
    try:
        workspace = site.workspace
    except Refused as error:
        yield from look_at_installation(here)
        yield Finding("root", Health.WARN, error.message, error.next_command)
        return
    yield from look_at_installation([*here, workspace.root])
    yield from look_at_root(workspace, _found_by(site))


def _current_folder() -> list[Path]:
    """The current folder, if it has not been removed."""
    try:
        return [Path.cwd()]
    except FileNotFoundError:
        return []


def _found_by(site: Site) -> str:
    """How the root was found."""
    if site.folder:
        return "named by -C"
    return "named by ORCH_ROOT" if os.environ.get("ORCH_ROOT") else "found from the current folder upwards"
