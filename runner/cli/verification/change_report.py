"""Prints what a change does to records and rules: a line each, and a summary."""

from collections import Counter
from typing import TYPE_CHECKING, Final

from gate_tests.errors import DamagedRecord, NewerRecord
from runner import suggestions
from runner.cli.context import CliContext
from runner.cli.terminal.printer import Printer
from runner.cli.verification.request import VerificationRequest
from runner.verification.changes.comparison import ChangeVerification
from runner.verification.changes.report import ChangeReport, RecordDifference, RuleChange, RuleEffect

if TYPE_CHECKING:
    from runner.verification.report import RunReport

_INDENT: Final = 4
_PASSING: Final = (RuleEffect.TIGHTENED, RuleEffect.ADDED, RuleEffect.UNCHANGED)


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
    since = f"since {report.base[:12]}: {listed}{f' ({allowed:,} allowed)' if allowed else ''}"
    for line in (since, f"touched: {_describe_runs(found) or 'no runs'}"):
        printer.print_wrapped(line, _INDENT)
    if next_step := _find_next_step(cli, found, request):
        printer.print_hint(f"Next: {next_step}")


def _describe_runs(found: ChangeVerification) -> str:
    if not found.runs:
        return ""
    from runner.cli.verification.tally import Tally

    return Tally.of(found.runs).describe(f" in {found.name}" if found.name else "")


def _find_next_step(cli: CliContext, found: ChangeVerification, request: VerificationRequest) -> str | None:
    """The command that shows the first difference; in the author's work tree, the one that repairs it, if any."""
    listed = [each for each in found.changes.differences if not each.is_allowed and each.kind not in _PASSING]
    wrong = [each for each in listed if each.kind is not RuleEffect.UNKNOWN]
    runs = [run for run in found.runs if run.error or run.has_differences]
    if runs and not wrong:
        return _find_step_of_run(cli, found, request, runs[0])
    if listed:
        return _suggest_diff(cli, found, request, (wrong or listed)[0].path)
    return suggestions.FETCH_HISTORY if found.changes.merge_base is None else None


def _find_step_of_run(
    cli: CliContext, found: ChangeVerification, request: VerificationRequest, run: "RunReport"
) -> str | None:
    """Of a commit that is reviewed, a diff: it cannot be repaired. One of a newer version cannot be judged."""
    is_reviewed = request.revision is not None
    if run.error:
        if not is_reviewed or not isinstance(run.error, DamagedRecord) or isinstance(run.error, NewerRecord):
            from runner.cli.verification.report import find_next_step

            return find_next_step(run.error, cli)
        return _suggest_diff(cli, found, request, f"orchestration/runs/{run.run_id}/record")
    if is_reviewed and run.changed_files:
        return _suggest_diff(cli, found, request, run.changed_files[0].file.path)
    return cli.format_command(suggestions.show_status(run.run_id))


def _suggest_diff(cli: CliContext, found: ChangeVerification, request: VerificationRequest, path: str) -> str:
    command = suggestions.diff_from_commit(found.changes.base, path, request.revision, staged=request.staged)
    return cli.format_command(command)
