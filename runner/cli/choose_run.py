"""Which run a command works on where none was named: one that is unmistakably meant, else a person chooses."""

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from gate_tests.errors import Refused
from gate_tests.sanitize import shorten_line
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.terminal.printer import echo, print_notice

if TYPE_CHECKING:
    from runner.storage.run_list import ListedRun

_MAX_CHOICES: Final = 20
"""Runs that a person is asked about."""


def choose_run_to_read(cli: CliContext) -> str | None:
    """The newest unfinished run, else the newest; None where there is none."""
    from runner.storage.run_list import choose_newest

    newest = choose_newest(_list_runs(cli), print_notice)
    return newest.run_id if newest else None


def choose_run_to_explain(cli: CliContext) -> str | None:
    """The newest unfinished run, else the newest, if it can be read and has the gate that is to be explained."""
    from gate_tests.errors import OrchError
    from runner.storage.run_list import choose_newest

    gate_id = click.get_current_context().params["gate_id"]
    try:
        newest = choose_newest(_list_runs(cli), lambda _: None)
        has_gate = newest is not None and cli.store.read(newest.run_id).find_gate(gate_id) is not None
    except OrchError:
        return None
    return newest.run_id if newest and has_gate else None


def choose_run_to_write(cli: CliContext) -> str | None:
    """The only unfinished run; the one that the person at the terminal chooses of several; None where there is no run.

    Raises Refused where nobody can be asked, or all are completed; the error of the newest run where none is readable.
    """
    return _choose_unfinished(cli, "all runs are completed")


def choose_run_to_resume(cli: CliContext) -> str | None:
    """The same. Raises Refused, which says so, where all runs are completed."""
    return _choose_unfinished(cli, "nothing to resume: all runs are completed")


def choose_run_to_repair(cli: CliContext) -> str | None:
    """The only damaged run; the one that the person at the terminal chooses of several; else the newest run."""
    return _choose_only(cli, list(_list_damaged(cli)), "damaged") or choose_run_to_read(cli)


def _choose_unfinished(cli: CliContext, all_completed: str) -> str | None:
    if chosen := _choose_only(cli, _list_unfinished(cli), "unfinished", suggestions.LIST_WAITING):
        return chosen
    from runner.models.status import RunStatus
    from runner.storage.run_list import choose_newest

    newest = choose_newest(_list_runs(cli), lambda _: None)
    if newest is None:
        return None
    resume = None if newest.status is RunStatus.PASSED else suggestions.resume_run(newest.run_id)
    raise Refused(all_completed, next_command=resume or suggestions.LIST_RUNS)


def _list_runs(cli: CliContext) -> "Iterator[ListedRun]":
    from runner.storage.run_list import RunFilter, list_runs

    store = cli.store
    return list_runs(store.workspace, store.read, RunFilter())


def _list_unfinished(cli: CliContext) -> list[str]:
    from runner.storage.run_list import UnreadableRun, report_skipped

    listed = list(_list_runs(cli))
    readable = [run for run in listed if not isinstance(run, UnreadableRun)]
    unreadable = [run for run in listed if isinstance(run, UnreadableRun)]
    report_skipped(unreadable, print_notice, is_any_readable=bool(readable))
    return [run.run_id for run in readable if not run.is_completed]


def _list_damaged(cli: CliContext) -> Iterator[str]:
    """The runs whose records are damaged anywhere: each is read completely."""
    from gate_tests.errors import DamagedRecord, NotReadable

    store = cli.store
    for run_id in store.workspace.runs():
        try:
            store.read(run_id)
        except DamagedRecord:
            yield run_id
        except (NotReadable, Refused):  # or a directory that is not named like a run
            continue


def _choose_only(
    cli: CliContext, run_ids: list[str], condition: str, list_command: str = suggestions.LIST_RUNS
) -> str | None:
    """The only one, or the chosen one; None where there is none. Raises Refused where nobody can be asked."""
    from gate_tests.workspace.find_run import describe_runs

    if len(run_ids) < 2:
        return next(iter(run_ids), None)
    if _is_person_at_terminal():
        return _ask(cli, run_ids)
    raise Refused(
        f"{len(run_ids)} runs are {condition}, so --run is required: {describe_runs(cli.workspace, run_ids)}",
        next_command=list_command,
    )


def _is_person_at_terminal() -> bool:
    from runner.agents.environment import may_be_read_by_agent

    is_terminal = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))
    return not may_be_read_by_agent(os.environ, is_terminal=is_terminal)


def _ask(cli: CliContext, run_ids: list[str]) -> str:
    """The run that the person chooses, of the newest ones. Asks on standard error: output may go to a file."""
    from gate_tests.workspace.find_run import describe_run

    choices = run_ids[:_MAX_CHOICES]
    for number, run_id in enumerate(choices, 1):
        echo(f"  {number:>2}  {describe_run(cli.workspace, run_id)}", sys.stderr)
    if len(run_ids) > len(choices):
        echo(f"      and {len(run_ids) - len(choices)} older: give --run to choose one of them", sys.stderr)
    return choices[_ask_for_number(len(choices)) - 1]


def _ask_for_number(highest: int) -> int:
    while True:
        typed = str(click.prompt(f"Which run (1-{highest}, Ctrl-C to quit)", err=True)).strip()
        if typed in map(str, range(1, highest + 1)):
            return int(typed)
        echo(f"expected a number from 1 to {highest}, found {shorten_line(typed)!r}", sys.stderr)
