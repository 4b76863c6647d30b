"""`orch run check`: whether records are consistent."""

from contextlib import ExitStack
from typing import Final

import click

from gate_tests.errors import CorruptedRecord, DamagedRecord, Exit, OrchError, Refused, format_message
from gate_tests.plurals import format_count
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.errors import suggest_next_command
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.run_option import complete_runs, resolve_run_id
from runner.cli.terminal.printer import Printer

_KINDS: Final = ("corrupted", "inconsistent", "not checked")


@click.command(cls=Command)
@click.argument("arguments", nargs=-1, metavar="[RUN]...", shell_complete=complete_runs)
@click.option(
    "--run", "options", multiple=True, metavar="RUN", help="The same as the argument.", shell_complete=complete_runs
)
@json_option
@pass_cli_context
@click.pass_context
def check(
    context: click.Context, cli: CliContext, arguments: tuple[str, ...], options: tuple[str, ...], as_json: bool
) -> None:
    """Verify that records are neither corrupted nor inconsistent.

    Checks all runs, or each RUN (id, prefix, slug, path or latest): compares each record with the files of its
    attempts and with the rules of its gates, which git may have. Outputs are not compared: `orch verify` does that,
    too. Nothing is judged and nothing is written. The exit code is 4 if a record is corrupted or inconsistent, 3 if one
    cannot be read.

    \b
    Example:
      orch run check
      orch run check latest
    """
    from runner.verification.history import History
    from runner.verification.record import RecordVerifier
    from runner.verification.rule_versions import RuleVersions

    printer, store = Printer(as_json), cli.store
    named = [_resolve(context, each) for each in (*arguments, *options)]
    run_ids = list(dict.fromkeys(named)) or store.workspace.runs()
    errors: dict[str, OrchError] = {}
    with ExitStack() as stack:
        records = RecordVerifier(store, RuleVersions(store.workspace, History(store.workspace.root, stack)))
        for run_id in run_ids:
            try:
                records.check(records.read(run_id))
            except OrchError as error:
                errors[run_id] = error
    for damage in errors.values():
        next_command = suggest_next_command(damage, cli)
        next_step = cli.format_command(next_command) if next_command else damage.advice
        printer.print_text(format_message(f"{_describe_kind(damage)}: {damage.message}", next_step))
    printer.print_line(_summarize(len(run_ids), [_describe_kind(error) for error in errors.values()]))
    printer.print_document([
        {"run_id": run_id, "error": errors[run_id].message if run_id in errors else None} for run_id in run_ids
    ])  # fmt: skip
    printer.raise_output_error()
    context.exit(_choose_exit_code(errors))


def _resolve(context: click.Context, named: str) -> str:
    """The id of the run; a path that matches none as it is, since a hook passes many, and one must not hide the rest.

    Raises Refused for another name that matches none.
    """
    try:
        return resolve_run_id(context, named)
    except Refused:
        if "/" not in named:
            raise
        return named


def _describe_kind(error: OrchError) -> str:
    """What is wrong with a record, in a word."""
    if isinstance(error, CorruptedRecord):
        return "corrupted"
    return "inconsistent" if isinstance(error, DamagedRecord) else "not checked"


def _summarize(runs: int, kinds: list[str]) -> str:
    """`5 records: 1 corrupted, 2 inconsistent`."""
    if not runs:
        return "no runs, nothing was checked"
    result = ", ".join(f"{kinds.count(kind)} {kind}" for kind in _KINDS if kind in kinds) or "no errors"
    return f"{format_count(runs, 'record')}: {result}"


def _choose_exit_code(errors: dict[str, OrchError]) -> Exit:
    """The gravest: a damaged record, then one that cannot be read, then an unknown run."""
    codes = {error.exit_code for error in errors.values()}
    return next((code for code in (Exit.DAMAGED, Exit.NO_VERDICT, Exit.REFUSED) if code in codes), Exit.OK)
