"""What a report amounts to: results of gates, counts, and the sentence that sums them up."""

from collections import Counter
from enum import StrEnum

from gate_tests.checks.missing import fold_missing
from gate_tests.checks.result import CheckStatus
from gate_tests.errors import Exit
from gate_tests.plurals import format_count
from runner.reports.ci_report import CheckReport, CiReport, Finding, GateReport, Level, Part


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
    """What became of the checks of a gate: `2 of 5 checks failed, 1 warned`; the problem if that is something else."""
    if problem := find_gate_problem(gate):
        return problem
    failed, warned = gate.count(CheckStatus.FAILED), gate.count(CheckStatus.WARNED)
    checks = format_count(len(gate.checks), "check")
    counted = f"{failed:,} of {checks} failed" if failed else checks
    return f"{counted}, {warned:,} warned" if warned else counted


def name_result(report: CiReport) -> str:
    """`PASS`, `OK` where no gate was judged, or `FAIL`, with the exit code where it says more."""
    if report.exit_code is Exit.OK:
        return "PASS" if report.gates else "OK"
    if report.exit_code is Exit.FAIL:
        return "FAIL"
    return f"FAIL (exit code {int(report.exit_code)})"


def describe_totals(report: CiReport) -> str:
    """All of it in one line: `1 of 3 gates failed, 1 check warned, 2 errors`."""
    return ", ".join((*_count_gates(report), _count_findings(report)))


def describe_parts(report: CiReport) -> list[tuple[Part, str]]:
    """Each part, with how much it looked at and what it found."""
    return [
        (Part.LINT, f"{format_count(len(report.contracts), 'contract')}: {_count_findings(report, Part.LINT)}"),
        (Part.VERIFY, f"{format_count(len(report.runs), 'run')}: {_count_findings(report, Part.VERIFY)}"),
        (Part.CHECK, ", ".join(_count_gates(report))),
    ]


def fold_checks(gate: GateReport) -> list[tuple[CheckReport, int]]:
    """The checks that do not pass, failures first; with the first that needs a missing file, how many others do."""
    checks = {str(number): check for number, check in enumerate(gate.checks)}
    folded = fold_missing({number: check.result for number, check in checks.items()})
    return [(checks[number], dependents) for number, dependents in folded.items()]


def list_findings(report: CiReport) -> list[Finding]:
    """The findings without those that say of a gate what its own report says; errors come first."""
    told = {(gate.run_id, gate.gate) for gate in report.gates if gate.problem}
    findings = [each for each in report.findings if each.part != Part.CHECK or (each.run_id, each.gate) not in told]
    return sorted(findings, key=lambda finding: finding.level != Level.ERROR)


def find_gate_problem(gate: GateReport) -> str | None:
    """Why a gate does not pass although none of its checks has failed; None if that is not so."""
    if gate.exit_code is Exit.OK or (gate.exit_code is Exit.FAIL and gate.count(CheckStatus.FAILED)):
        return None
    return gate.problem or "the gate does not pass"


def _count_findings(report: CiReport, *parts: Part) -> str:
    """`2 errors, 1 warning`, or `no errors`."""
    levels = Counter(each.level for each in list_findings(report) if not parts or each.part in parts)
    counts = [format_count(levels[level], level) for level in Level if levels[level]]
    return ", ".join(counts) or "no errors"


def _count_gates(report: CiReport) -> list[str]:
    if not report.gates:
        return ["no gate was checked"]
    results = Counter(map(find_result, report.gates))
    total = format_count(len(report.gates), "gate")
    words = ((GateResult.FAIL, "failed"), (GateResult.NO_VERDICT, "without a verdict"))
    counts = [f"{results[result]:,} {word}" for result, word in words if results[result]]
    counts[:1] = [each.replace(" ", f" of {total} ", 1) for each in counts[:1]]
    if not counts:
        counts.append(f"{total} passed")
    if warned := sum(gate.count(CheckStatus.WARNED) for gate in report.gates):
        counts.append(f"{format_count(warned, 'check')} warned")
    return counts
