"""Findings by what they are about: a contract, a run, a file. A format that knows only tests has a test for each."""

from collections.abc import Iterator
from typing import Final, NamedTuple

from runner.reports.ci_report import CiReport, Finding, Level, Part
from runner.reports.problems import name_place
from runner.reports.totals import list_findings

_ELSEWHERE: Final = "repository"


class FindingGroup(NamedTuple):
    """What a part found about one subject: `name` is unique in its part, a contract's path or a run's id mostly.

    `path` is that of a contract, relative to the root.
    """

    part: Part
    name: str
    path: str | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> list[Finding]:
        """Those that are errors."""
        return [each for each in self.findings if each.level is Level.ERROR]

    @property
    def warnings(self) -> list[Finding]:
        """Those that are warnings."""
        return [each for each in self.findings if each.level is Level.WARNING]


def group_findings(report: CiReport) -> Iterator[FindingGroup]:
    """A group for each contract that was linted and each run that was verified, and for all else that was found."""
    subjects: dict[tuple[Part, str], list[Finding]] = {}
    subjects |= {(Part.LINT, path): [] for path in report.contracts}
    subjects |= {(Part.VERIFY, run_id): [] for run_id in report.runs}
    for finding in list_findings(report):
        subjects.setdefault((finding.part, _name_subject(finding)), []).append(finding)
    contracts = frozenset(report.contracts)
    for (part, name), findings in sorted(subjects.items(), key=lambda subject: list(Part).index(subject[0][0])):
        yield FindingGroup(part, name, name if name in contracts else None, tuple(findings))


def describe_finding(finding: Finding) -> str:
    """On one line: where, what, and by which rule."""
    place = name_place(finding)
    return f"{place}: {finding.message} [{finding.rule}]" if place else f"{finding.message} [{finding.rule}]"


def _name_subject(finding: Finding) -> str:
    if finding.part is Part.LINT:
        return finding.path or _ELSEWHERE
    if finding.run_id:
        return finding.run_id
    return finding.path or _ELSEWHERE
