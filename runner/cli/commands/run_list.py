"""`orch run list`."""

from collections.abc import Iterable, Iterator
from itertools import islice

import click

from gate_tests.errors import Refused, suggest
from gate_tests.sanitize import plain, visible
from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import complete_from_workspace, complete_words, json_option
from runner.cli.terminal.printer import Printer
from runner.cli.terminal.render import style_status
from runner.models.timestamps import now
from runner.storage.run_list import STATUSES, ListedRun, Wanted, check_since, check_status, list_runs
from runner.storage.run_summary import RunSummary

_BLOCK = 200
"""Runs that are printed in one step: the first alone, so that one need not wait for it."""


@click.command("list", cls=Command)
@click.option("--limit", type=click.IntRange(1, 1_000_000_000), metavar="N", help="At most so many, the newest.")
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
    wanted = Wanted(
        status=check_status(status) if status is not None else None,
        workflow=workflow,
        since=check_since(since, now()) if since is not None else "",
        limit=limit,
    )
    workspace, printer, found = cli.workspace, Printer(as_json), 0
    for block in _blocks(list_runs(workspace, lambda run_id: cli.store.read(run_id), wanted)):
        found += len(block)
        printer.print_line("\n".join(map(_line, block)))
        printer.print_rows([each.to_json() for each in block])
    if not found:
        _explain_none(cli, printer, wanted)
    printer.end_rows()
    printer.raise_output_error()


def _blocks(listed: Iterable[ListedRun]) -> Iterator[list[ListedRun]]:
    listed, size = iter(listed), 1
    while block := list(islice(listed, size)):
        yield block
        size = _BLOCK


def _explain_none(cli: CliContext, printer: Printer, wanted: Wanted) -> None:
    """Says why nothing is listed. Raises Refused for a workflow that nobody knows."""
    known = cli.workspace.workflows()
    if wanted.workflow is not None and wanted.workflow not in known:
        raise Refused(
            f"no run of a workflow {wanted.workflow!r}{suggest(wanted.workflow, known)}",
            next_command=suggestions.LIST_RUNS,
        )
    if wanted == Wanted(limit=wanted.limit):
        printer.print_line(f"No runs yet. Next: {cli.format_command('orch run start --help')}")
    else:
        printer.print_line(f"No such run. Next: {cli.format_command('orch run list')}")


def _line(listed: ListedRun) -> str:
    """What people read of a run."""
    if not isinstance(listed, RunSummary):
        marked = click.style(f"{listed.status:<8}", fg="red", bold=True)
        return f"{marked}  {visible(listed.run_id)}: {plain(str(listed.damage))}"
    about = plain(f"{listed.workflow}/{listed.slug}")
    passed = f"{listed.passed} of {listed.total} gates passed"
    first = f"{style_status(listed.status, 8)}  {plain(listed.started_at)}  {passed:<24}  {about}"
    return f"{first}\n          {listed.run_id}"
