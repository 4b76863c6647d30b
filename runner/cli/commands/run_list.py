"""`orch run list`."""

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

import click

from gate_tests.ages import elapsed_s, format_age
from gate_tests.errors import OrchError, Refused, suggest
from gate_tests.sanitize import flatten_line, sanitize_line
from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import BoundedOption, complete_from_workspace, complete_words, json_option
from runner.cli.terminal.printer import Printer
from runner.cli.terminal.render import style_status
from runner.cli.terminal.styles import style
from runner.models.timestamps import now
from runner.storage.run_list import STATUSES, ListedRun, RunFilter, check_status, list_runs, parse_since
from runner.storage.run_summary import RunSummary

_BLOCK_SIZE: Final = 200
"""Runs that are printed at once; the first run is printed alone, without waiting for others."""

_MAX_EXAMINED: Final = 50
"""The most runs of a list of which the files are compared: about as many as a screen shows."""
_MAX_OTHER_RUNS: Final = 300
_MAX_RECORD_BYTES: Final = 1 << 20
"""A larger record takes too long to read for a list."""

_STATUS_WIDTH: Final = 8
_MAX_LINE_LENGTH: Final = 10_000
"""In characters, where the output is not a terminal."""


@click.command("list", cls=Command)
@click.option(
    "--limit", cls=BoundedOption, type=click.IntRange(1, 1_000_000_000), metavar="N", help="Only the N newest."
)
@click.option(
    "--status",
    metavar="STATUS",
    help="Only runs with this status, such as FAILED or DAMAGED.",
    shell_complete=complete_words(STATUSES),
)
@click.option(
    "--workflow",
    metavar="NAME",
    help="Only runs of this workflow.",
    shell_complete=complete_from_workspace("workflows"),
)
@click.option("--since", metavar="TIME", help="Only runs started since 2026-11-22T09:30, 12h, 3d.")
@json_option
@pass_cli_context
def list_(
    cli: CliContext, limit: int | None, status: str | None, workflow: str | None, since: str | None, as_json: bool
) -> None:
    """List runs, newest first.

    Reads only the head of each RUN.json, up to its gates, and its last line, and marks a run DAMAGED if they are
    invalid; orch run check verifies whole records. --since takes a date, a time (UTC), or an age: 90m, 12h, 3d, 2w.

    In a short list (--limit 50 or less, or no more runs in all) it also compares the files of gates that passed: a run
    with a stale gate (see orch status) is marked with * beside its status, and the gates are named. Files of 16 MiB or
    more are compared by size only, later passes are looked for in the 300 newest runs, and records of more than 1 MiB
    are not examined. With --json, `stale` lists the gates; null: not examined.

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
    workspace, printer, count, at = cli.workspace, Printer(as_json), 0, now()
    columns, is_short = printer.wrap_columns, _is_short(cli, limit)
    for block in _split_into_blocks(list_runs(workspace, lambda run_id: cli.store.read(run_id), run_filter)):
        stale = [_find_stale(cli, run) if is_short else None for run in block]
        count += len(block)
        rows = list(zip(block, stale, strict=True))
        printer.print_text("\n".join(_format_run(run, gates or (), at, columns) for run, gates in rows))
        printer.print_rows(run.to_json() | {"stale": _none_if_unknown(run, gates)} for run, gates in rows)
    if not count:
        _print_no_runs(cli, printer, run_filter)
    printer.end_rows()
    printer.raise_output_error()


def _split_into_blocks(runs: Iterable[ListedRun]) -> Iterator[list[ListedRun]]:
    runs, size = iter(runs), 1
    while block := list(islice(runs, size)):
        yield block
        size = _BLOCK_SIZE


def _is_short(cli: CliContext, limit: int | None) -> bool:
    """Whether no more runs can be listed than are examined. Of many thousand, not all are counted."""
    if limit is not None and limit <= _MAX_EXAMINED:
        return True
    try:
        with os.scandir(cli.workspace.root / "orchestration/runs") as entries:
            named = (entry for entry in entries if entry.name.startswith("run_"))
            return len(list(islice(named, _MAX_EXAMINED + 1))) <= _MAX_EXAMINED
    except OSError:
        return True


def _find_stale(cli: CliContext, run: ListedRun) -> list[str] | None:
    """The gates of the run that are stale; None where that is not examined."""
    if not (isinstance(run, RunSummary) and run.passed):
        return None
    from runner.operations.output_changes import OutputChanges  # many runs have no gate that passed
    from runner.operations.stale_gates import StaleGates

    try:
        if os.path.getsize(cli.workspace.root / cli.workspace.record_path(run.run_id)) > _MAX_RECORD_BYTES:
            return None
        record = cli.store.read(run.run_id)
    except (OrchError, OSError):  # the list shows its head all the same
        return None
    outputs = OutputChanges(cli.workspace, record, skips_large=True, other_runs=_MAX_OTHER_RUNS)
    return list(StaleGates(cli.workspace, record, outputs).list_stale())


def _none_if_unknown(run: ListedRun, stale: list[str] | None) -> list[str] | None:
    """A run without a gate that passed has no stale one."""
    return [] if isinstance(run, RunSummary) and not run.passed else stale


def _print_no_runs(cli: CliContext, printer: Printer, run_filter: RunFilter) -> None:
    """Prints why the list is empty. Raises Refused for an unknown workflow."""
    known = cli.workspace.workflows()
    if run_filter.workflow is not None and run_filter.workflow not in known:
        raise Refused(
            f"no run of a workflow {run_filter.workflow!r}{suggest(run_filter.workflow, known)}",
            next_command=suggestions.LIST_RUNS,
        )
    if run_filter == RunFilter(limit=run_filter.limit):
        from runner.contracts.workflow_template import suggest_first_run

        printer.print_text(f"no runs yet\nNext: {cli.format_command(suggest_first_run(cli.workspace))}")
    else:
        printer.print_text(f"no run matches\nNext: {cli.format_command(suggestions.LIST_RUNS)}")


def _format_run(run: ListedRun, stale: Sequence[str], at: str, columns: int | None) -> str:
    """The line of a run and its stale gates.

    At a terminal of `columns`, what does not fit after its id is cut; the id never is.
    """
    if isinstance(run, RunSummary):
        status = style_status(run.status, 0 if stale else _STATUS_WIDTH + 1) + _format_mark(run, stale)
        age_s = elapsed_s(run.started_at, at)
        age = "" if age_s is None else f"{format_age(age_s)} ago"
        progress, about = f"{run.passed}/{run.total}", run.workflow
    else:
        status = style(f"{run.status:<{_STATUS_WIDTH + 1}}", "red", bold=True)
        progress, age, about = "", "", str(run.error).removeprefix(f"orchestration/runs/{run.run_id}/")
    if stale:
        about = f"stale: {', '.join(stale)}  {about}"
    line = f"{progress:>3}  {age:>8}  {flatten_line(run.run_id)}"
    room = _MAX_LINE_LENGTH if columns is None else columns - _STATUS_WIDTH - len(line) - 3
    return f"{status}{line}  {sanitize_line(about, room)}" if room > 1 else f"{status}{line}"


def _format_mark(run: RunSummary, stale: Sequence[str]) -> str:
    """What follows the status of a run with a stale gate, up to the next column; at least one space is in it."""
    return f"{style('*', 'yellow', bold=True)}{' ' * max(1, _STATUS_WIDTH - len(run.status))}" if stale else ""
