"""A Markdown document: the result, the gates, the checks that do not pass, the findings. For pull request comments."""

from collections.abc import Iterator
from typing import Final

from gate_tests.checks.missing import describe_dependents
from gate_tests.checks.result import CheckStatus
from gate_tests.plurals import format_count
from runner.reports.ci_report import CheckReport, CiReport, Finding, GateReport
from runner.reports.markdown_table import Table, format_code, format_tables
from runner.reports.problems import name_place
from runner.reports.totals import (
    GateResult,
    describe_gate,
    describe_parts,
    describe_totals,
    find_result,
    fold_checks,
    list_findings,
    name_result,
)

_MAX_BYTES: Final = 32_000
"""What every host takes as a comment; Bitbucket takes the least, 32,768 characters."""
_MAX_NOTES: Final = 3
_MAX_HEAD: Final = 5000
"""Bytes of what stands before the tables."""


def render(report: CiReport) -> str:
    """The document, cut at a row to what a comment may have."""
    return render_document(report, _MAX_BYTES)


def render_document(report: CiReport, max_bytes: int, note: str = "") -> str:
    """The document in at most `max_bytes` of UTF-8; `note` is a sentence after the result."""
    sentences = ". ".join(filter(None, (describe_totals(report), note)))
    parts = "".join(f"- {part}: {found}\n" for part, found in describe_parts(report))
    notes = "".join(f"- {format_code(each)}\n" for each in report.notes[:_MAX_NOTES])
    if (rest := len(report.notes) - _MAX_NOTES) > 0:
        notes += f"- and {format_count(rest, 'more note')}\n"
    head = f"## orch ci: {name_result(report)}\n\n{sentences}\n\n{parts}{notes}"
    return head + format_tables([table for table in _list_tables(report) if table.rows], max_bytes - _MAX_HEAD)


def _list_tables(report: CiReport) -> list[Table]:
    failed = list(_list_checks(report, CheckStatus.FAILED))
    warned = list(_list_checks(report, CheckStatus.WARNED))
    findings = [_finding_row(finding) for finding in list_findings(report)]
    columns = ("gate", "check", "expected", "found", "contract")
    return [
        Table("Gates", ("gate", "result", "checks", "run"), _list_gates(report), "gate"),
        Table("Failed checks", columns, failed, "failed check"),
        Table("Findings", ("level", "where", "finding", "rule"), findings, "finding"),
        Table("Checks that warned", columns, warned, "check that warned"),
    ]


def _list_gates(report: CiReport) -> list[tuple[str, ...]]:
    """A row for each gate; those that do not pass come first."""
    gates = sorted(report.gates, key=lambda gate: find_result(gate) is GateResult.PASS)
    return [
        (_name_gate(gate), _format_result(gate), _describe_checks(gate), format_code(gate.run_id)) for gate in gates
    ]


def _format_result(gate: GateReport) -> str:
    result = find_result(gate)
    return result if result is GateResult.PASS else f"**{result}**"


def _describe_checks(gate: GateReport) -> str:
    """Our own words on the checks, or the problem, which may quote anything."""
    described = describe_gate(gate)
    return format_code(described) if described == gate.problem else described


def _list_checks(report: CiReport, status: CheckStatus) -> Iterator[tuple[str, ...]]:
    for gate in report.gates:
        for check, dependents in fold_checks(gate):
            if check.result.status is status:
                yield _check_row(gate, check, dependents)


def _check_row(gate: GateReport, check: CheckReport, dependents: int) -> tuple[str, ...]:
    return (
        _name_gate(gate),
        format_code(f"{check.result.type} {check.result.resolved_path}"),
        format_code(check.expected),
        format_code(f"{check.found or check.result.reason}{describe_dependents(dependents)}"),
        format_code(f"{check.contract_path}:{check.contract_line}"),
    )


def _finding_row(finding: Finding) -> tuple[str, ...]:
    return finding.level, format_code(name_place(finding)), format_code(finding.message), format_code(finding.rule)


def _name_gate(gate: GateReport) -> str:
    return format_code(f"{gate.gate} {gate.name}")
