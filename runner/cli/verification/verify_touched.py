"""`orch verify --touched`: verifies the runs that the staged change touches, at every root that it touches."""

import os
from contextlib import ExitStack
from pathlib import Path

from gate_tests.plurals import format_count
from runner.cli.context import CliContext
from runner.cli.terminal.printer import Printer
from runner.cli.verification.report import print_summary
from runner.cli.verification.result import VerificationResult
from runner.cli.verification.staging_advice import StagingAdvice
from runner.cli.verification.tally import Tally
from runner.cli.verification.touched_roots import TouchedRoot, enter_root, find_touched_roots
from runner.models.rows import Json
from runner.verification.history import History
from runner.verification.report import RunReport
from runner.verification.touched_runs import TouchedReports, list_deleted_runs, verify_touched


def verify_touched_roots(printer: Printer, cli: CliContext, files: tuple[str, ...]) -> VerificationResult:
    """Verifies and prints the runs that the staged change touches: few. Raises Refused."""
    reports: list[tuple[Path, RunReport]] = []
    deleted: list[str] = []
    for root in find_touched_roots(cli, files):
        touched = _verify_root(printer, cli, root)
        reports += ((root.directory, report) for report in touched.reports)
        deleted += touched.deleted
    if not reports and not deleted:
        printer.print_line("the staged change touches no run, nothing was verified")
    return VerificationResult(Tally.of([report for _, report in reports]), [_to_json(*each) for each in reports])


def _to_json(root: Path, report: RunReport) -> Json:
    """The row of the report, with the root relative to the current directory."""
    return {"root": os.path.relpath(root)} | report.to_json()


def _verify_root(printer: Printer, cli: CliContext, root: TouchedRoot) -> TouchedReports:
    if not root.directory.is_dir():
        touched = TouchedReports([], list_deleted_runs(root.change), 0)
        _print_notes(printer, touched)
        return touched
    with ExitStack() as stack:
        history = History(root.directory, stack)
        touched = verify_touched(history, root.change)
        if not touched.reports and not touched.deleted:
            return touched
        here = enter_root(printer, cli, root)
        advice = StagingAdvice(printer, here, history)
        for report in touched.reports:
            advice.print_report(report)
        _print_notes(printer, touched)
        if touched.reports:
            print_summary(printer, Tally.of(touched.reports), "the index", here, advice.next_command)
        return touched


def _print_notes(printer: Printer, touched: TouchedReports) -> None:
    for run_id in touched.deleted:
        printer.print_line(f"note: {run_id} is deleted")
    if touched.older:
        printer.print_line(f"note: {format_count(touched.older, 'difference')} existed before this change")
