"""Counts what a verification found, so that not every report has to be kept."""

from collections import Counter
from collections.abc import Iterable, Iterator

from gate_tests.errors import CorruptedRecord, DamagedRecord, Exit, OrchError
from gate_tests.plurals import format_count
from runner.verification.file_status import FileStatus
from runner.verification.report import RuleStatus, RunReport


class Tally:
    """The counts of the reports that were added, and what the end of the command needs to know of them."""

    def __init__(self) -> None:
        self.readable_runs: list[str] = []
        self.exit_codes: set[Exit] = set()
        self.has_warnings = False
        self.first_difference: RunReport | None = None
        self._runs = self._warnings = 0
        self._files = Counter[FileStatus]()
        self._rules = Counter[RuleStatus]()
        self._errors = Counter[str]()

    @classmethod
    def of(cls, reports: Iterable[RunReport]) -> "Tally":
        """The counts of these reports."""
        tally = cls()
        for report in reports:
            tally.add(report)
        return tally

    def add(self, report: RunReport) -> None:
        """Count the report of one more run."""
        self._runs += 1
        self._warnings += len(report.warnings)
        self._files.update(file.status for file in report.files)
        self._rules.update(rule.status for rule in report.rules)
        if report.error:
            self._errors[describe_kind(report.error)] += 1
            self.exit_codes.add(report.error.exit_code)
            return
        self.readable_runs.append(report.run_id)
        self.has_warnings = self.has_warnings or bool(report.warnings)
        if report.has_differences:
            self.exit_codes.add(Exit.FAIL)
            self.first_difference = self.first_difference or report

    @property
    def unverified_runs(self) -> int:
        """The number of runs of which nothing is known."""
        return self._errors.total()

    def describe(self, where: str) -> str:
        """`3 runs in …: 12 files (10 ok, 2 changed), 1 contract changed`; empty without a run."""
        return f"{format_count(self._runs, 'run')}{where}: {', '.join(self._count())}" if self._runs else ""

    def _count(self) -> Iterator[str]:
        statuses = [f"{self._files[each]:,} {each}" for each in FileStatus if self._files[each]]
        if statuses or not self._errors:
            yield format_count(self._files.total(), "file") + (f" ({', '.join(statuses)})" if statuses else "")
        yield from (f"{count:,} {status}" for status, count in self._rules.items())
        if self._warnings:
            yield format_count(self._warnings, "warning")
        yield from (f"{count:,} {kind}" for kind, count in self._errors.items())


def describe_kind(error: OrchError) -> str:
    """What is wrong with a record, in a word or two."""
    if isinstance(error, CorruptedRecord):
        return "corrupted"
    return "inconsistent" if isinstance(error, DamagedRecord) else "not verified"
