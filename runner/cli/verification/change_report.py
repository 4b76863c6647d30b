"""Prints what a change does to records and rules: a line each, and a summary."""

from collections import Counter
from typing import Final

from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.terminal.printer import Printer
from runner.cli.verification.request import VerificationRequest
from runner.verification.changes.comparison import ChangeVerification
from runner.verification.changes.report import ChangeReport, RecordDifference, RuleChange, RuleEffect

_INDENT: Final = 4
_PASSING: Final = (RuleEffect.TIGHTENED, RuleEffect.UNCHANGED)


def print_changes(printer: Printer, report: ChangeReport) -> None:
    """Prints notes and warnings, then each difference, a line each."""
    for note in report.notes:
        printer.print_wrapped(f"note: {note}", _INDENT)
    for difference in report.differences:
        printer.print_wrapped(_mark_allowed(difference), _INDENT)
    for warning in report.warnings:
        printer.print_wrapped(f"warning: {warning}", _INDENT)


def _mark_allowed(difference: RecordDifference | RuleChange) -> str:
    return f"allowed: {difference.describe()}" if difference.is_allowed else difference.describe()


def print_change_summary(
    printer: Printer, cli: CliContext, found: ChangeVerification, request: VerificationRequest
) -> None:
    """Prints how many differences there are, and the command that shows the first one that is not allowed."""
    report = found.changes
    counts = Counter(str(each.kind) for each in report.differences)
    listed = ", ".join(f"{count:,} {kind}" for kind, count in counts.items()) or "no record edited, no rule changed"
    allowed = sum(each.is_allowed for each in report.differences)
    printer.print_line(f"since {report.base[:12]}: {listed}{f' ({allowed:,} allowed)' if allowed else ''}")
    printer.print_line(f"touched: {_describe_runs(found) or 'no runs'}")
    if next_command := _find_next_command(found, request):
        printer.print_hint(f"Next: {cli.format_command(next_command)}")


def _describe_runs(found: ChangeVerification) -> str:
    if not found.runs:
        return ""
    from runner.cli.verification.tally import Tally

    return Tally.of(found.runs).describe(f" in {found.name}" if found.name else "")


def _find_next_command(found: ChangeVerification, request: VerificationRequest) -> str | None:
    report = found.changes
    for difference in report.differences:
        if not difference.is_allowed and difference.kind not in _PASSING:
            return suggestions.diff_from_commit(report.base, difference.path, request.revision, staged=request.staged)
    for run in found.runs:
        if run.has_differences:
            return suggestions.show_status(run.run_id)
    return suggestions.FETCH_HISTORY if report.merge_base is None else None
