"""`orch status`: the status of a run and its next command."""

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from typing import TYPE_CHECKING, Final

import click

from gate_tests.ages import format_age
from gate_tests.errors import Refused
from gate_tests.plurals import format_count
from gate_tests.sanitize import sanitize_line
from gate_tests.wrap import wrap_line
from runner import suggestions
from runner.cli.context import CliContext, pass_cli_context
from runner.cli.lazy_group import Command
from runner.cli.options import json_option
from runner.cli.run_option import run_to_report
from runner.cli.terminal.printer import Printer
from runner.cli.terminal.render import style_gate_status, style_status
from runner.models.status import GateStatus
from runner.models.timestamps import now

if TYPE_CHECKING:
    from runner.operations.run_status import GateStatusReport, StatusReport

_LINES: Final = 24
"""The assumed height of a terminal."""

_MAX_REASONS: Final = 3
_MAX_CHANGES: Final = 10
_STATUS_WIDTH: Final = 11
_MAX_NAME_LENGTH: Final = 30
_MAX_AGENT_LENGTH: Final = 30
_HANGING: Final = 2
_MAX_LINE_LENGTH: Final = 10_000
"""In characters; a recorded reason is no longer."""

_FRAME_LINES: Final = 4
"""Lines besides those of the gates: the run, its progress, an empty one, the next command."""


@click.command(cls=Command)
@run_to_report
@click.option("--waiting", is_flag=True, help="Only what waits for a person or an agent.")
@click.option("--all", "all_runs", is_flag=True, help="With --waiting: of all unfinished runs.")
@json_option
@pass_cli_context
def status(cli: CliContext, run_id: str | None, waiting: bool, all_runs: bool, as_json: bool) -> None:
    """Show the status of a run and the next command.

    Shows the gates in order, each with its attempts, the age of the last one, what failed in it, and which outputs or
    rules changed since. The last line is the next command.

    A gate that passed is `stale` if one of its outputs, or a file that its checks read besides, is no longer the one
    that it passed with, unless an attempt that passed later recorded the present one; and if it requires a stale gate.

    With --waiting: where the run waits for a person or an agent, since when, and the next command, in one line; nothing
    for a run that is completed or whose agent is at work. With --all that of every unfinished run, newest first.

    \b
    Example:
      orch status
      orch status the-word-robot
      orch status --waiting --all
    """
    printer = Printer(as_json)
    if all_runs and not waiting:
        raise Refused("--all requires --waiting", next_command=suggestions.LIST_WAITING)
    if all_runs and run_id:
        raise Refused("--all and RUN exclude each other", next_command=suggestions.LIST_WAITING)
    if waiting:
        from runner.cli.commands.status_waiting import print_waiting

        print_waiting(cli, printer, run_id, all_runs=all_runs)
    elif run_id is None:
        _print_no_runs(cli, printer)
    else:
        _print_status_report(cli, printer, run_id)
    printer.raise_output_error()


def _print_no_runs(cli: CliContext, printer: Printer) -> None:
    """Prints that there is no run, and how to start one."""
    from runner.contracts.workflow_template import suggest_first_run

    next_command = cli.format_command(suggest_first_run(cli.workspace))
    printer.print_line("no runs yet")
    printer.print_line(f"Next: {next_command}")
    printer.print_document({"run_id": None, "next": next_command})


def _print_status_report(cli: CliContext, printer: Printer, run_id: str) -> None:
    from runner.operations.output_changes import has_large_outputs
    from runner.operations.run_status import build_status_report

    run = cli.store.read(run_id)
    with printer.show_progress() if has_large_outputs(run) else nullcontext():
        report = build_status_report(cli.workspace, run, now())
    report = report._replace(next_command=cli.format_command(report.next_command))
    printer.print_text("\n".join(format_status_report(report, printer.wrap_columns)))
    printer.print_document(report.to_json())


def format_status_report(report: "StatusReport", columns: int | None) -> Iterator[str]:
    """The lines of the report, wrapped to `columns`, except what people copy; None: one line for each statement."""
    yield f"{report.run_id}  {style_status(report.status)}"
    about = f"{report.workflow}/{report.slug}"
    progress = f"{report.passed} of {format_count(len(report.gates), 'gate')} passed"
    ages = (*_format_ago("started", report.age_s), *_format_ago("ended", report.ended_s_ago))
    facts = ", ".join((progress, f"depth {report.depth}", *ages, about))
    yield _wrap(f"  {sanitize_line(facts, _MAX_LINE_LENGTH)}", columns)
    if report.usage:
        yield _wrap(f"  {report.usage.describe()}", columns)
    if report.problem:
        yield _wrap(f"  {sanitize_line(report.problem, _MAX_LINE_LENGTH)}", columns)
    yield ""
    widths = _Widths(report, columns)
    reasons = _count_reasons(report) if columns else None
    for gate in report.gates:
        short = tuple(reason.replace(f"{report.artifact_path}/", "") for reason in gate.reasons)
        yield from _format_gate(gate._replace(reasons=short), widths, reasons, columns)
    yield f"Next: {report.next_command}"


class _Widths:
    """The widths of the columns of gate ids and names."""

    def __init__(self, report: "StatusReport", columns: int | None) -> None:
        self.gate = max((len(gate.gate) for gate in report.gates), default=0)
        longest = max((len(gate.name) for gate in report.gates), default=0)
        self.name = min(longest, _MAX_NAME_LENGTH) if columns else longest


def _count_reasons(report: "StatusReport") -> int:
    """How many reasons of each failed gate are shown on a screen, at least one."""
    failed = sum(bool(gate.reasons) for gate in report.gates)
    changed = sum(min(len({*gate.changed, *gate.stale}), _MAX_CHANGES) + len(gate.accepted) for gate in report.gates)
    room = _LINES - _FRAME_LINES - len(report.gates) - changed
    return max(1, min(_MAX_REASONS, room // (failed or 1)))


def _format_gate(
    gate: "GateStatusReport", widths: _Widths, max_reasons: int | None, columns: int | None
) -> Iterator[str]:
    # Colour codes have no width on the screen: only the text after the status is truncated.
    name = sanitize_line(gate.name, widths.name)
    rest = f"  {gate.gate:<{widths.gate}}  {name:<{widths.name}}  {_format_progress(gate)}".rstrip()
    left = max(columns - 2 - _STATUS_WIDTH, widths.gate + 3) if columns else _MAX_LINE_LENGTH
    yield f"  {style_gate_status(gate.status, bool(gate.stale), _STATUS_WIDTH)}{sanitize_line(rest, left)}"
    indent = " " * (_STATUS_WIDTH + 4)
    attempt = f"attempt {gate.attempts - 1}: " if gate.finished_at is None else ""
    reasons = [f"{attempt}{reason}" for reason in gate.reasons]
    changes = list(dict.fromkeys((*gate.changed, *gate.stale)))
    if gate.invocation and gate.status is not GateStatus.PASS:
        from runner.operations.invocation_lines import describe_invocation

        yield _wrap(f"{indent}{sanitize_line(describe_invocation(gate.invocation), _MAX_LINE_LENGTH)}", columns)
    for line in (*_limit(reasons, max_reasons), *_limit(changes, _MAX_CHANGES if columns else None)):
        yield _wrap(f"{indent}{sanitize_line(line, _MAX_LINE_LENGTH)}", columns)
    for change in gate.accepted:
        yield _wrap(f"{indent}{sanitize_line(change, _MAX_LINE_LENGTH)}", columns)


def _limit(lines: Sequence[str], max_lines: int | None) -> Iterator[str]:
    """The first lines, and how many more there are."""
    yield from lines[:max_lines]
    if max_lines is not None and len(lines) > max_lines:
        yield f"and {len(lines) - max_lines:,} more"


def _wrap(line: str, columns: int | None) -> str:
    return wrap_line(line, columns, _HANGING)


def _format_progress(gate: "GateStatusReport") -> str:
    """Its attempts and the age of the last one."""
    if not gate.attempts:
        return ""
    if gate.finished_at is None:
        since = f"for {format_age(gate.age_s)}" if gate.age_s is not None else "since an unknown time"
        return f"attempt {gate.attempts} open {since} by {sanitize_line(gate.agent or '', _MAX_AGENT_LENGTH)}"
    return ", ".join(
        (format_count(gate.attempts, "attempt"), *_format_ago("the last" if gate.attempts > 1 else "", gate.age_s))
    )


def _format_ago(what: str, age_s: int | None) -> tuple[str, ...]:
    return () if age_s is None else (f"{what} {format_age(age_s)} ago".strip(),)
