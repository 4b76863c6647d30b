"""Plain text for a log: notes, the findings, the gates with the checks that did not pass, the parts, the result."""

from collections.abc import Iterator
from typing import Final

from gate_tests.checks.missing import describe_dependents
from gate_tests.sanitize import sanitize_line
from runner.reports.ci_report import CheckReport, CiReport, Finding, GateReport
from runner.reports.problems import name_place
from runner.reports.totals import (
    describe_gate,
    describe_parts,
    describe_totals,
    find_result,
    fold_checks,
    list_findings,
    name_result,
)

_MAX_REASON: Final = 2000  # characters; a recorded reason is no longer
_MAX_CHECKS: Final = 100
"""Checks of a gate that are listed."""
_MAX_FINDINGS: Final = 1000


def render(report: CiReport) -> str:
    """The text; its last line is the result."""
    return "".join(f"{line}\n" for line in _list_lines(report))


def _list_lines(report: CiReport) -> Iterator[str]:
    yield from (f"{'note':<8} {sanitize_line(note, _MAX_REASON)}" for note in report.notes)
    findings = list_findings(report)
    yield from map(_format_finding, findings[:_MAX_FINDINGS])
    yield from _format_rest(len(findings) - _MAX_FINDINGS, "")
    for gate in report.gates:
        yield from _format_gate(gate)
    for part, found in describe_parts(report):
        yield f"{part:<8}{found}"
    yield f"{name_result(report)}: {describe_totals(report)}"


def _format_finding(finding: Finding) -> str:
    place = name_place(finding)
    message = sanitize_line(f"{place}: {finding.message}" if place else finding.message, _MAX_REASON)
    return f"{finding.level:<8} {message} [{sanitize_line(finding.rule)}]"


def _format_gate(gate: GateReport) -> Iterator[str]:
    about = sanitize_line(f"{gate.gate} {gate.name} ({gate.run_id})")
    yield f"{find_result(gate)}  {about}: {sanitize_line(describe_gate(gate), _MAX_REASON)}"
    folded = fold_checks(gate)
    for check, dependents in folded[:_MAX_CHECKS]:
        yield from _format_check(check, dependents)
    yield from _format_rest(len(folded) - _MAX_CHECKS, "  ")


def _format_check(check: CheckReport, dependents: int) -> Iterator[str]:
    """The check, and how many more there are that need the file which it lacks."""
    result = check.result
    yield f"  {result.status}  {sanitize_line(str(result.reason), _MAX_REASON)}{describe_dependents(dependents)}"
    yield f"    contract  {sanitize_line(check.contract_path)}:{check.contract_line}"


def _format_rest(count: int, indent: str) -> Iterator[str]:
    if count > 0:
        yield f"{indent}and {count:,} more"
