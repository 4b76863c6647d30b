"""Prints the reports of a verification: what differs, a line each, and a summary."""

import os
from collections.abc import Iterable, Iterator
from typing import Final

from gate_tests.errors import DamagedRecord, NewerRecord, OrchError, format_message
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.errors import suggest_next_command
from runner.cli.terminal.printer import Printer
from runner.cli.verification.tally import Tally, describe_kind
from runner.verification.describe import describe_file, describe_rule
from runner.verification.report import RunReport

_INDENT: Final = 4


def suggest_commits(report: RunReport, workspace: Workspace, revision: str | None) -> None:
    """Has the commits suggested that changed a damaged record of `revision`, since a commit cannot be repaired."""
    error = report.error
    if revision is None or not isinstance(error, DamagedRecord) or isinstance(error, NewerRecord):
        return
    error.next_command = suggestions.show_commits(f"{workspace.run_path(report.run_id)}/record", revision)
    error.lost_file = error.root = error.run_id = None


def print_report(
    printer: Printer, report: RunReport, cli: CliContext, details: Iterable[str] = (), *, names_next: bool = True
) -> None:
    """Prints what there is to say about a run, and `details`; nothing about one without differences and warnings.

    Of a damaged one also what to do next, but for `names_next` false.
    """
    if report.error:
        message = "\n  ".join((f"{describe_kind(report.error)}: {report.error.message}", *details))
        printer.print_text(format_message(message, find_next_step(report.error, cli) if names_next else None))
        return
    lines = [*_describe(report, is_verbose=printer.is_verbose), *details]
    if lines:
        printer.print_line(f"{report.run_id} ({report.status})")
    for line in lines:
        printer.print_wrapped(f"  {line}", _INDENT)


def find_next_step(error: OrchError, cli: CliContext) -> str | None:
    """What to do about a damaged record: a command, or advice."""
    next_command = suggest_next_command(error, cli)
    return cli.format_command(next_command) if next_command else error.advice


def _describe(report: RunReport, *, is_verbose: bool) -> Iterator[str]:
    for file in report.files if is_verbose else report.changed_files:
        yield describe_file(file) + (f" {file.file.sha256}" if is_verbose else "")
    for rule in report.rules:
        yield from describe_rule(rule)
    for warning in report.warnings:
        yield f"warning: {warning}"


def print_summary(
    printer: Printer, tally: Tally, source_name: str, cli: CliContext, next_command: str | None = None
) -> None:
    """Prints how many runs and files were verified, with which result, and the next command."""
    print_counts(printer, tally, source_name)
    print_next(printer, tally, cli, next_command)


def print_counts(printer: Printer, tally: Tally, source_name: str) -> None:
    """Prints how many runs and files were verified, with which result."""
    counts = tally.describe(f" in {source_name}" if source_name else "")
    printer.print_wrapped(counts or "no runs, nothing was verified", _INDENT)


def suggest_show(cli: CliContext, run_id: str) -> str:
    """Shows the run; of one that a commit or the index has and the work tree has not, the commits that changed it."""
    workspace = cli.search_workspace()
    directory = f"{workspace.run_path(run_id)}/record" if workspace else ""
    if not workspace or os.path.isdir(workspace.root / directory):
        return suggestions.show_status(run_id)
    return suggestions.show_commits_of_all(directory)


def print_next(
    printer: Printer, tally: Tally, cli: CliContext, next_command: str | None, after_replay: str | None = None
) -> None:
    """Prints the next command where something differs: by default one that shows the first run that does."""
    if tally.first_difference:
        after_replay = next_command or suggest_show(cli, tally.first_difference.run_id)
    if after_replay:
        printer.print_hint(f"Next: {cli.format_command(after_replay)}")
