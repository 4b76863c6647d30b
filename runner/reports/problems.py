"""What is wrong according to a report, as a list: each problem with the lines of files that it is about."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from gate_tests.checks.missing import describe_dependents
from runner.reports.ci_report import CheckReport, CiReport, Finding, GateReport, Level, Part
from runner.reports.totals import find_gate_problem, fold_checks, list_findings

NO_VERDICT: Final = "no-verdict"
"""The rule of a gate that does not pass although none of its checks has failed."""


_MAX_PATH: Final = 4096
"""Characters; no system has longer paths."""
_MAX_KEY: Final = 2000


class Line(NamedTuple):
    """A line of a file: the path is relative to the top of the git repository."""

    path: str
    number: int


class Problem(NamedTuple):
    """One problem. Its texts come from artifacts and contracts, and are not escaped.

    `rule` is the check's type, or the rule of a finding; `title` says where, in a few words; `message` is one line;
    `key` identifies the problem although lines move: its own parts, without numbers that may change.
    """

    level: Level
    part: Part
    rule: str
    title: str
    message: str
    details: tuple[str, ...]
    line: Line | None
    contract_line: Line | None
    """The line of the contract, if `line` is one of an artifact."""
    key: tuple[str, ...]


def list_problems(report: CiReport) -> list[Problem]:
    """Findings, gates that do not pass, checks that do not pass; in that order."""
    found = [_from_finding(report, finding) for finding in list_findings(report)]
    gates = (problem for gate in report.gates for problem in _list_of_gate(report, gate))
    return [*found, *gates]


def name_place(finding: Finding) -> str:
    """Where a finding is: `path:line`, or the run and the gate; empty if it is nowhere in particular."""
    if finding.path is None:
        return " ".join(filter(None, (finding.run_id, finding.gate)))
    return f"{finding.path}:{finding.line}" if finding.line else finding.path


def _from_finding(report: CiReport, finding: Finding) -> Problem:
    line = _make_line(report, finding.path, finding.line or 1) if finding.path else None
    place = " ".join(filter(None, (finding.run_id, finding.gate)))
    return Problem(
        level=finding.level,
        part=finding.part,
        rule=finding.rule,
        title=f"{finding.part}: {place or finding.rule}",
        message=finding.message,
        details=(f"rule: {finding.rule}",),
        line=line,
        contract_line=None,
        key=(finding.part, finding.rule, finding.path or "", place, _without_numbers(finding.message)),
    )


def _list_of_gate(report: CiReport, gate: GateReport) -> Iterator[Problem]:
    if (problem := find_gate_problem(gate)) is not None:
        yield Problem(
            level=Level.ERROR,
            part=Part.CHECK,
            rule=NO_VERDICT,
            title=f"{gate.gate} {gate.name}",
            message=problem,
            details=(f"run: {gate.run_id}",),
            line=_make_line(report, gate.contract_path, 1) if gate.contract_path else None,
            contract_line=None,
            key=(NO_VERDICT, gate.gate, gate.run_id),
        )
    for check, dependents in fold_checks(gate):
        yield _from_check(report, gate, check, dependents)


def _from_check(report: CiReport, gate: GateReport, check: CheckReport, dependents: int) -> Problem:
    result = check.result
    contract_line = _make_line(report, check.contract_path, check.contract_line)
    artifact_line = None
    if check.artifact_line is not None:
        artifact_line = _make_line(report, result.resolved_path, check.artifact_line)
    return Problem(
        level=Level.ERROR if result.has_failed else Level.WARNING,
        part=Part.CHECK,
        rule=result.type,
        title=f"{gate.gate} {gate.name}: {result.type}",
        message=f"{result.reason}{describe_dependents(dependents)}",
        details=tuple(_list_details(gate, check)),
        line=artifact_line or contract_line,
        contract_line=contract_line if artifact_line else None,
        key=(Part.CHECK, gate.gate, result.id, result.resolved_path),
    )


def _list_details(gate: GateReport, check: CheckReport) -> Iterator[str]:
    if check.result.description:
        yield f"because: {check.result.description}"
    yield f"contract: {check.contract_path}:{check.contract_line}"
    yield f"run: {gate.run_id}"


def _make_line(report: CiReport, path: str, number: int) -> Line:
    return Line((report.root_prefix + path)[:_MAX_PATH], max(number, 1))


def _without_numbers(message: str) -> str:
    return re.sub(r"\d+", "", message[:_MAX_KEY])
