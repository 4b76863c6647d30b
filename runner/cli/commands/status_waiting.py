"""`orch status --waiting`: what waits for a person or an agent, a line for each run."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from gate_tests.ages import format_age
from gate_tests.sanitize import flatten_line, sanitize_line
from gate_tests.wrap import wrap_line
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.errors import suggest_next_command
from runner.cli.terminal.printer import Printer
from runner.models.timestamps import now
from runner.operations.waiting_runs import Reason, WaitingRun, find_waiting_run, list_waiting_runs
from runner.storage.run_list import UnreadableRun

_BLOCK_SIZE: Final = 50
_HANGING: Final = 4
_MAX_TEXT: Final = 10_000
"""In characters, of what a record says."""

_NOTHING: Final = "nothing waits for a person or an agent"


def print_waiting(cli: CliContext, printer: Printer, run_id: str | None, *, all_runs: bool) -> None:
    """Prints the runs that wait: all of them, or the one."""
    runs = iter(list_waiting_runs(cli.store, now()) if all_runs else _list_one(cli, run_id))
    count, size = 0, 1
    while block := list(islice(runs, size)):
        count, size = count + len(block), _BLOCK_SIZE
        commands = [_find_next(cli, run) for run in block]
        rows = list(zip(block, commands, strict=True))
        for run, command in rows:
            _print_run(printer, run, command)
        printer.print_rows(_to_json(run, command) for run, command in rows)
    if not count:
        printer.print_line(_NOTHING)
    printer.end_rows()


def _list_one(cli: CliContext, run_id: str | None) -> Iterator[WaitingRun]:
    if run_id and (waiting := find_waiting_run(cli.workspace, cli.store.read(run_id), now())):
        yield waiting


def _find_next(cli: CliContext, run: WaitingRun | UnreadableRun) -> str:
    if isinstance(run, WaitingRun):
        return cli.format_command(run.next_command)
    return cli.format_command(suggest_next_command(run.error, cli) or suggestions.show_status(run.run_id))


def _to_json(run: WaitingRun | UnreadableRun, command: str) -> dict[str, Any]:
    """The same members for each; an unreadable run has `error` besides."""
    if isinstance(run, WaitingRun):
        return run.to_json() | {"next": command}
    unknown = dict.fromkeys(("gate", "attempt", "agent", "since", "age_s", "stale"))
    named = {"run_id": run.run_id, "status": run.status, "workflow": None, "slug": None}
    return named | {"reason": str(Reason.UNREADABLE)} | unknown | {"next": command, "error": str(run.error)}


def _print_run(printer: Printer, run: WaitingRun | UnreadableRun, command: str) -> None:
    """One line; at a terminal wrapped, with the command on a line of its own, which can be copied."""
    text = f"{flatten_line(run.run_id)}  {', '.join(_list_facts(run))}"
    if printer.wrap_columns is None:
        printer.print_text(f"{text}  {command}")
    else:
        printer.print_text(f"{wrap_line(text, printer.wrap_columns, _HANGING)}\n{' ' * _HANGING}{command}")


def _list_facts(run: WaitingRun | UnreadableRun) -> Iterable[str]:
    if isinstance(run, UnreadableRun):
        return (f"{run.status}: {sanitize_line(str(run.error), _MAX_TEXT)}",)
    stale = (f"stale: {', '.join(run.stale)}",) if run.stale else ()
    return (*_describe(run), *stale)


def _describe(run: WaitingRun) -> Iterable[str]:
    age = None if run.age_s is None else format_age(run.age_s)
    ago = f" {age} ago" if age else ""
    since = f" for {age}" if age else ""
    agent = sanitize_line(run.agent or "", _MAX_TEXT)
    match run.reason:
        case Reason.ATTEMPT_OPEN:
            return (f"gate {run.gate}: attempt {run.attempt} open{since} by {agent}",)
        case Reason.GATE_FAILED:
            return (f"gate {run.gate}: attempt {run.attempt} failed{ago}",)
        case Reason.GATE_NOT_STARTED:
            return (f"gate {run.gate}: not started{since}",)
        case _:
            return (f"all gates passed{ago}: not completed",)
