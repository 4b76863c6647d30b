"""`orch verify --touched`: verifies the runs that the staged change touches, at every root that it touches."""

import os
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

from gate_tests.plurals import format_count
from runner.cli.context import CliContext, find_current_directory
from runner.cli.staging_advice import StagingAdvice
from runner.cli.terminal.printer import Printer
from runner.cli.verification_report import print_summary
from runner.cli.verification_result import VerificationResult
from runner.cli.verification_tally import Tally
from runner.git.verification import open_for_verification
from runner.verification.change import Change, find_roots, read_staged_change
from runner.verification.report import RunReport
from runner.verification.sources import History
from runner.verification.touched_runs import TouchedReports, list_deleted_runs, verify_touched


class TouchedRoot(NamedTuple):
    """A root, and what the change does below it."""

    directory: Path
    change: Change


def find_touched_roots(cli: CliContext, files: tuple[str, ...]) -> list[TouchedRoot]:
    """The roots of the repository that the staged change touches; of these the one that -C or ORCH_ROOT names.

    Raises Refused.
    """
    named = cli.find_workspace().root if cli.directory or os.environ.get("ORCH_ROOT") else None
    with open_for_verification(named or find_current_directory()) as git:
        change = read_staged_change(git, files)
        roots = [TouchedRoot(Path(git.top, root), change.select_below(root)) for root in find_roots(git, change)]
    return [root for root in roots if named in (None, root.directory)]


def verify_touched_roots(printer: Printer, cli: CliContext, files: tuple[str, ...]) -> VerificationResult:
    """Verifies and prints the runs that the staged change touches: few. Raises Refused."""
    reports: list[RunReport] = []
    for root in find_touched_roots(cli, files):
        reports += _verify_root(printer, cli, root)
    if not reports:
        printer.print_line("the staged change touches no run, nothing was verified")
    return VerificationResult(Tally.of(reports), [report.to_json() for report in reports])


def _verify_root(printer: Printer, cli: CliContext, root: TouchedRoot) -> list[RunReport]:
    if not root.directory.is_dir():
        _print_notes(printer, TouchedReports([], list_deleted_runs(root.change), 0))
        return []
    with ExitStack() as stack:
        history = History(root.directory, stack)
        touched = verify_touched(history, root.change)
        if not touched.reports and not touched.deleted:
            return []
        here = _enter(cli, root.directory)
        if here is not cli:
            printer.print_line(f"root: {here.directory}")
        advice = StagingAdvice(printer, here, history)
        for report in touched.reports:
            advice.print_report(report)
        _print_notes(printer, touched)
        if touched.reports:
            print_summary(printer, Tally.of(touched.reports), "the index", here, advice.next_command)
        return touched.reports


def _enter(cli: CliContext, directory: Path) -> CliContext:
    """The context in which commands name the root, unless they find it without."""
    found = cli.search_workspace()
    if found and os.path.samefile(found.root, directory):
        return cli
    return cli._replace(directory=Path(os.path.relpath(directory)))


def _print_notes(printer: Printer, touched: TouchedReports) -> None:
    for run_id in touched.deleted:
        printer.print_line(f"note: {run_id} is deleted")
    if touched.older:
        printer.print_line(f"note: {format_count(touched.older, 'difference')} existed before this change")
