"""What a report amounts to: results of gates, counts, and the sentence that sums them up."""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum

from gate_tests.checks.result import CheckStatus
from gate_tests.errors import Exit
from gate_tests.plurals import format_count
from runner.reports.ci_report import CiReport, GateReport, Level, Part


class GateResult(StrEnum):
    """What judging a gate again gave."""

    PASS = "PASS"
    FAIL = "FAIL"
    NO_VERDICT = "no verdict"


def find_result(gate: GateReport) -> GateResult:
    """The result of a gate."""
    if gate.exit_code is Exit.OK:
        return GateResult.PASS
    return GateResult.FAIL if gate.exit_code is Exit.FAIL else GateResult.NO_VERDICT


def describe_gate(gate: GateReport) -> str:
    """What became of the checks of a gate: `2 of 5 checks failed, 1 warned`; the problem where there is no verdict."""
    failed, warned = gate.count(CheckStatus.FAILED), gate.count(CheckStatus.WARNED)
    if not failed and gate.exit_code is not Exit.OK and gate.problem:
        return gate.problem
    checks = format_count(len(gate.checks), "check")
    counted = f"{failed:,} of {checks} failed" if failed else checks
    return f"{counted}, {warned:,} warned" if warned else counted


def describe_result(report: CiReport) -> str:
    """All of it in one line: `FAIL: 1 of 3 gates failed, 2 errors, 1 warning`."""
    word = "PASS" if report.exit_code is Exit.OK else "FAIL"
    return f"{word}: {', '.join(_list_counts(report)) or 'nothing to check'}"


def describe_parts(report: CiReport) -> list[tuple[Part, str]]:
    """Each part, with how much it looked at and what it found."""
    return [
        (Part.LINT, f"{format_count(len(report.contracts), 'contract')}: {count_findings(report, {Part.LINT})}"),
        (Part.VERIFY, f"{format_count(len(report.runs), 'run')}: {count_findings(report, {Part.VERIFY})}"),
        (Part.CHECK, f"{format_count(len(report.gates), 'gate')}: {_count_gates(report)}"),
    ]


def count_findings(report: CiReport, parts: Iterable[Part] = Part) -> str:
    """`2 errors, 1 warning`, or `no errors`, of these parts."""
    among = frozenset(parts)
    levels = Counter(each.level for each in report.findings if each.part in among)
    counts = [format_count(levels[level], level) for level in Level if levels[level]]
    return ", ".join(counts) or "no errors"


def _count_gates(report: CiReport) -> str:
    results = Counter(map(find_result, report.gates))
    words = {GateResult.PASS: "passed", GateResult.FAIL: "failed", GateResult.NO_VERDICT: "without a verdict"}
    return ", ".join(f"{results[each]:,} {word}" for each, word in words.items() if results[each]) or "none passed yet"


def _list_counts(report: CiReport) -> list[str]:
    counts = []
    if report.gates:
        counts.append(f"{format_count(len(report.gates), 'gate')}: {_count_gates(report)}")
    if report.findings:
        counts.append(count_findings(report))
    elif report.contracts or report.runs:
        counts.append("no errors")
    return counts
