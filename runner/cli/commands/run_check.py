"""`orch run check`: whether records are consistent."""

import os
import re
from typing import Final

import click

from gate_tests.errors import Exit, OrchError, Refused, format_message
from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.errors import suggest_next_command
from runner.cli.lazy_group import Command
from runner.cli.options import complete_from_workspace, json_option, resolve_run_id
from runner.cli.terminal.printer import Printer

_RUN: Final = re.compile(r"(?:^|/)orchestration/runs/([^/]+)(?:/|$)")


@click.command(cls=Command)
@click.argument("paths", nargs=-1, metavar="[RUN|PATH]...", shell_complete=complete_from_workspace("runs"))
@json_option
@pass_cli_context
@click.pass_context
def check(context: click.Context, cli: CliContext, paths: tuple[str, ...], as_json: bool) -> None:
    """Say which records are damaged, and what is wrong with them.

    All runs, or those that are named, as with --run, or by a path below their folder. Each record is held against
    itself and against the files of its attempts. Nothing is judged again and nothing is written. The exit code is 4
    where one is damaged, 3 where one cannot be read.

    \b
    Example:
      orch run check
    """
    from runner.storage.rule_agreement import check_against_rules

    printer, store = Printer(as_json), cli.store
    run_ids = list(dict.fromkeys(_parse_run_id(context, path) for path in paths)) if paths else store.workspace.runs()
    errors: dict[str, OrchError] = {}
    for run_id in run_ids:
        try:
            check_against_rules(store.workspace, store.read(run_id))
        except OrchError as error:
            errors[run_id] = error
    for damage in errors.values():
        next_command = suggest_next_command(damage, cli)
        next_step = cli.format_command(next_command) if next_command else damage.advice
        printer.print_text(format_message(damage.message, next_step))
    printer.print_line(_summarize(len(run_ids), len(errors)))
    printer.print_document([
        {"run_id": run_id, "fault": errors[run_id].message if run_id in errors else None} for run_id in run_ids
    ])  # fmt: skip
    printer.raise_output_error()
    context.exit(_choose_exit_code(errors))


def _summarize(runs: int, errors: int) -> str:
    if not runs:
        return "there is no run, so nothing was checked"
    return f"{runs - errors} of {runs} records agree with themselves and with the files of their attempts"


def _parse_run_id(context: click.Context, argument: str) -> str:
    match = _RUN.search(argument) or (_RUN.search(os.path.abspath(argument)) if os.path.lexists(argument) else None)
    if not match and "/" in argument:
        raise Refused(f"{argument!r} is no path below orchestration/runs/", next_command=suggestions.LIST_RUNS)
    return match[1] if match else resolve_run_id(context, argument)


def _choose_exit_code(errors: dict[str, OrchError]) -> Exit:
    """The gravest: a damaged record, then one that cannot be read, then an unknown run."""
    codes = {error.exit_code for error in errors.values()}
    return next((code for code in (Exit.DAMAGED, Exit.NO_VERDICT, Exit.REFUSED) if code in codes), Exit.OK)
