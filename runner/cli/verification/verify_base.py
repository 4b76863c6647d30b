"""`orch verify --base`: compares with a commit, verifies the runs that the change touches, and prints the result."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gate_tests.errors import Exit
from runner.cli.context import CliContext
from runner.cli.terminal.printer import Printer
from runner.cli.verification.change_report import print_change_summary, print_changes
from runner.cli.verification.request import VerificationRequest
from runner.verification.changes.allowances import parse_allowances
from runner.verification.changes.comparison import ChangeVerification, verify_change
from runner.verification.changes.record_version import Json

if TYPE_CHECKING:
    from runner.verification.report import RunReport


class ChangeResult(NamedTuple):
    """What was found: the document and the exit code of the command."""

    found: ChangeVerification

    @property
    def document(self) -> Json:
        """`{"base": …, "records": […], "rules": […], "warnings": […], "runs": […]}`."""
        return self.found.changes.to_json() | {"runs": [report.to_json() for report in self.found.runs]}

    def choose_exit_code(self, *, is_strict: bool) -> Exit:
        """That of the runs and differences. A record that is damaged by an edit which is named differs."""
        code = _choose_exit_code(self.found.unexplained_runs, is_strict=is_strict)
        return Exit.FAIL if code is Exit.OK and self.found.changes.has_differences(is_strict=is_strict) else code


def _choose_exit_code(runs: "Sequence[RunReport]", *, is_strict: bool) -> Exit:
    if not runs:
        return Exit.OK
    from runner.cli.verification.result import VerificationResult
    from runner.cli.verification.tally import Tally

    return VerificationResult(Tally.of(runs)).choose_exit_code(is_strict=is_strict)


def verify_base(printer: Printer, cli: CliContext, request: VerificationRequest, base: str) -> ChangeResult:
    """Raises Refused."""
    allowances = parse_allowances(request.allow)
    start = None if cli.is_root_named else Path.cwd()
    found = verify_change(
        cli.workspace, base, request.revision, staged=request.staged, allowances=allowances, start=start
    )
    print_changes(printer, found.changes)
    if found.runs:
        from runner.cli.verification.report import print_report

        for report in found.runs:
            print_report(printer, report, cli, names_next=False)
    print_change_summary(printer, cli, found, request)
    return ChangeResult(found)
