"""`orch doctor`: diagnoses this installation and its surroundings."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from gate_tests.errors import Refused
from gate_tests.plurals import format_count
from gate_tests.sanitize import flatten_line
from gate_tests.wrap import wrap_line
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.errors import suggest_next_command
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.terminal.printer import Printer
from runner.cli.terminal.styles import style

if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace
    from runner.doctor.diagnosis import Diagnosis

_INDENT: Final = len("warning  ")
_LABELS: Final = {"bad": ("error", "red"), "warn": ("warning", "yellow"), "ok": ("ok", "green")}
"""By status, the worst first: how it is called, and its colour."""


@click.command(cls=Command)
@json_option
@pass_cli_context
def doctor(cli: CliContext, as_json: bool) -> None:
    """Diagnose problems with this installation.

    Examines versions, where `orch` and the pytest plugin are installed and what may shadow them, bytecode (without
    it, each start is several times slower); and the root: git, permissions, locks, the commands and hooks of agents.
    Changes nothing. The exit code is always 0; with --json each diagnosis has a status: ok, warn, bad.

    \b
    Example:
      orch doctor
    """
    printer = Printer(as_json)
    diagnoses = sorted(_diagnose(cli), key=lambda diagnosis: [*_LABELS].index(diagnosis.status))
    diagnoses = [_format_next_command(cli, diagnosis) for diagnosis in diagnoses]
    columns = printer.wrap_columns
    for diagnosis in diagnoses:
        if not (printer.is_quiet and diagnosis.status == "ok"):
            _print_diagnosis(printer, diagnosis, columns)
    printer.print_line(_summarize([str(diagnosis.status) for diagnosis in diagnoses]))
    printer.print_document([diagnosis.to_json() for diagnosis in diagnoses])
    printer.raise_output_error()


def _print_diagnosis(printer: Printer, diagnosis: "Diagnosis", columns: int | None) -> None:
    label, colour = _LABELS[diagnosis.status]
    text = wrap_line(f"{' ' * _INDENT}{diagnosis.subject:9}  {flatten_line(diagnosis.message)}", columns)
    printer.print_text(f"{style(label, colour, bold=True)}{text[len(label) :]}")
    if next_step := diagnosis.next_command or diagnosis.advice:
        printer.print_line(f"{' ' * _INDENT}Next: {next_step}")


def _summarize(statuses: list[str]) -> str:
    """`2 errors, 1 warning`."""
    counts = [(statuses.count(status), label) for status, (label, _) in _LABELS.items() if label != "ok"]
    return ", ".join(format_count(count, label) for count, label in counts if count) or "no problems found"


def _format_next_command(cli: CliContext, diagnosis: "Diagnosis") -> "Diagnosis":
    return (
        diagnosis._replace(next_command=cli.format_command(diagnosis.next_command))
        if diagnosis.next_command
        else diagnosis
    )


def _diagnose(cli: CliContext) -> "Iterator[Diagnosis]":
    from runner.doctor.agents import diagnose_agents
    from runner.doctor.diagnosis import Diagnosis
    from runner.doctor.hooks import diagnose_hooks
    from runner.doctor.installation import diagnose_installation
    from runner.doctor.packaging import diagnose_packaging
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
    yield from diagnose_packaging(workspace.root)
    yield from diagnose_agents(workspace)
    yield from diagnose_hooks(workspace.root)


def _current_directory() -> list[Path]:
    """The current directory, if it has not been removed."""
    try:
        return [Path.cwd()]
    except FileNotFoundError:
        return []


def _describe_search(cli: CliContext, workspace: "Workspace") -> str:
    """How the root was found, in words."""
    if cli.directory:
        return "set by -C"
    if os.environ.get("ORCH_ROOT"):
        return "set by ORCH_ROOT"
    explanation = cli.explain_root(workspace)
    surprise = explanation.removeprefix(f"root: {workspace.root}") if explanation else ""
    return f"found from the current directory upwards{surprise}"
