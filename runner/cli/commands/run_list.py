"""`orch run list`."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

import click

from gate_tests.errors import Refused, suggest
from gate_tests.sanitize import flatten_line, sanitize_line
from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import complete_from_workspace, complete_words, json_option
from runner.cli.terminal.printer import Printer
from runner.cli.terminal.render import style_status
from runner.cli.terminal.styles import style
from runner.models.timestamps import now
from runner.storage.run_list import STATUSES, ListedRun, RunFilter, check_status, list_runs, parse_since
from runner.storage.run_summary import RunSummary

_BLOCK_SIZE: Final = 200
"""Runs that are printed at once; the first run is printed alone, without waiting for others."""


@click.command("list", cls=Command)
@click.option("--limit", type=click.IntRange(1, 1_000_000_000), metavar="N", help="At most the N newest.")
@click.option(
    "--status",
    metavar="STATUS",
    help="Only runs with this status, such as FAILED or DAMAGED.",
    shell_complete=complete_words(STATUSES),
)
@click.option(
    "--workflow",
    metavar="NAME",
    help="Only runs of this workflow, as far as their records tell it.",
    shell_complete=complete_from_workspace("workflows"),
)
@click.option("--since", metavar="TIME", help="Only runs begun since: 2026-11-22, 2026-11-22T09:30 (UTC), 12h, 3d, 2w.")
@json_option
@pass_cli_context
def list_(
    cli: CliContext, limit: int | None, status: str | None, workflow: str | None, since: str | None, as_json: bool
) -> None:
    """List the runs, newest first.

    Only the beginning of each RUN.json is read, up to its gates, and its last line; where these are no record's, the
    run is marked DAMAGED. What is wrong inside of it, orch run show tells.

    \b
    Example:
      orch run list --status FAILED --since 3d --limit 20
    """
    run_filter = RunFilter(
        status=check_status(status) if status is not None else None,
        workflow=workflow,
        since=parse_since(since, now()) if since is not None else "",
        limit=limit,
    )
    workspace, printer, count = cli.workspace, Printer(as_json), 0
    for block in _split_into_blocks(list_runs(workspace, lambda run_id: cli.store.read(run_id), run_filter)):
        count += len(block)
        printer.print_text("\n".join(map(_format_run, block)))
        printer.print_rows(each.to_json() for each in block)
    if not count:
        _print_no_runs(cli, printer, run_filter)
    printer.end_rows()
    printer.raise_output_error()


def _split_into_blocks(runs: Iterable[ListedRun]) -> Iterator[list[ListedRun]]:
    runs, size = iter(runs), 1
    while block := list(islice(runs, size)):
        yield block
        size = _BLOCK_SIZE


def _print_no_runs(cli: CliContext, printer: Printer, run_filter: RunFilter) -> None:
    """Prints why the list is empty. Raises Refused for an unknown workflow."""
    known = cli.workspace.workflows()
    if run_filter.workflow is not None and run_filter.workflow not in known:
        raise Refused(
            f"no run of a workflow {run_filter.workflow!r}{suggest(run_filter.workflow, known)}",
            next_command=suggestions.LIST_RUNS,
        )
    if run_filter == RunFilter(limit=run_filter.limit):
        printer.print_text(f"No runs yet.\nNext: {cli.format_command('orch run start --help')}")
    else:
        printer.print_text(f"No such run.\nNext: {cli.format_command('orch run list')}")


def _format_run(run: ListedRun) -> str:
    """The two lines of a run."""
    if not isinstance(run, RunSummary):
        marked = style(f"{run.status:<8}", "red", bold=True)
        return f"{marked}  {flatten_line(run.run_id)}: {sanitize_line(str(run.error))}"
    about = sanitize_line(f"{run.workflow}/{run.slug}")
    passed = f"{run.passed} of {run.total} gates passed"
    first = f"{style_status(run.status, 8)}  {flatten_line(run.started_at)}  {passed:<24}  {about}"
    return f"{first}\n          {run.run_id}"
