"""`orch doctor`: diagnoses this installation and its surroundings."""

import os
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gate_tests.errors import Refused
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.errors import suggest_next_command
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer
from runner.cli.terminal.styles import style

if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace
    from runner.doctor.diagnosis import Diagnosis

_COLOURS: Final = {"ok": "green", "warn": "yellow", "bad": "red"}


@click.command(cls=Command)
@json_option
@pass_cli_context
def doctor(cli: CliContext, as_json: bool) -> None:
    """Say what keeps this installation from working well, or quickly.

    Looks at versions, at where `orch` and the pytest plugin come from and what may be taken for them, at byte-code,
    without which each start takes several times as long; and at the root: git, the right to write, locks. Leaves
    nothing behind. The exit code is 0 whatever it finds; with --json each finding has its health: ok, warn, bad.

    \b
    Example:
      orch doctor
    """
    printer, diagnoses = Printer(as_json), []
    for diagnosis in map(partial(_format_next_command, cli), _diagnose(cli)):
        diagnoses.append(diagnosis)
        status = style(f"{diagnosis.status:4}", _COLOURS[diagnosis.status], bold=True)
        printer.print_line(f"{status}  {diagnosis.subject:9}  {diagnosis.message}")
        if diagnosis.next_command:
            printer.print_line(f"      Next: {diagnosis.next_command}")
    printer.print_document([diagnosis.to_json() for diagnosis in diagnoses])
    printer.raise_output_error()


def _format_next_command(cli: CliContext, diagnosis: "Diagnosis") -> "Diagnosis":
    return (
        diagnosis._replace(next_command=cli.format_command(diagnosis.next_command))
        if diagnosis.next_command
        else diagnosis
    )


def _diagnose(cli: CliContext) -> "Iterator[Diagnosis]":
    from runner.doctor.diagnosis import Diagnosis
    from runner.doctor.installation import diagnose_installation
    from runner.doctor.repository import diagnose_repository

    here = _current_directory()
    try:
        workspace = cli.find_workspace()
    except Refused as error:
        yield from diagnose_installation(here)
        yield Diagnosis.warn("root", error.message, suggest_next_command(error, cli))
        return
    yield from diagnose_installation([*here, workspace.root])
    yield from diagnose_repository(workspace, _describe_search(cli, workspace))


def _current_directory() -> list[Path]:
    """The current directory, if it has not been removed."""
    try:
        return [Path.cwd()]
    except FileNotFoundError:
        return []


def _describe_search(cli: CliContext, workspace: "Workspace") -> str:
    """How the root was found, in words."""
    if cli.directory:
        return "named by -C"
    if os.environ.get("ORCH_ROOT"):
        return "named by ORCH_ROOT"
    explanation = cli.explain_root(workspace)
    surprise = explanation.removeprefix(f"root: {workspace.root}") if explanation else ""
    return f"found from the current folder upwards{surprise}"
