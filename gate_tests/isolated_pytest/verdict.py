"""From evidence to a verdict: what the checks say, what pytest reports, and the checks that were compiled must agree.

Anything else is no verdict at all: a check that never ran, ran twice, or came to one thing and was reported as another.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from gate_tests.checks.result import CheckResult
from gate_tests.compiler.gate import CompiledGate
from gate_tests.errors import NoVerdict
from gate_tests.isolated_pytest.events import EventCollector, HashedResult, Report, SeenOutput

_PASSED, _FAILED = 0, 1  # the exit codes of pytest that go with a verdict


class Verdict(NamedTuple):
    """The result of judging one gate. `validations` are the results of its checks, in compiled order."""

    gate: str
    passed: bool
    validations: tuple[CheckResult, ...]
    outputs: tuple[SeenOutput, ...]
    failure_reason: str | None
    pytest_version: str


def verdicts(gates: Sequence[CompiledGate], evidence: EventCollector) -> list[Verdict]:
    """The verdict on each of `gates`, which were judged in one session. Raises NoVerdict."""
    report = _whole_report(gates, evidence)
    given = [_verdict(gate, evidence, report) for gate in gates]
    _cross_check_exit_code(given, report)
    return given


def _whole_report(gates: Sequence[CompiledGate], evidence: EventCollector) -> Report:
    report = evidence.report
    if report is None:
        raise NoVerdict("pytest ended without a JSON report")
    if report.exit_code not in (_PASSED, _FAILED):
        raise NoVerdict(f"pytest ended with exit code {report.exit_code} instead of a verdict")
    return report


def _verdict(gate: CompiledGate, evidence: EventCollector, report: Report) -> Verdict:
    path = gate.contract.document.path
    own = _in_compiled_order(gate, evidence.outcomes(gate.contract.gate))
    results = tuple(_confirmed(each, f"{path}::{each.result.id}", report) for each in own)
    reasons = [result.reason or "" for result in results if result.has_failed]
    return Verdict(
        gate=gate.contract.gate,
        passed=not reasons,
        validations=results,
        outputs=evidence.outputs(gate.contract.gate),
        failure_reason="; ".join(reasons) or None,
        pytest_version=report.pytest_version,
    )


def _in_compiled_order(gate: CompiledGate, outcomes: Sequence[HashedResult]) -> list[HashedResult]:
    """What each compiled check came to: every one of them, each exactly once, and no other."""
    compiled = [check.id for check in gate.checks]
    ran = Counter(each.result.id for each in outcomes)
    missing = [check_id for check_id in compiled if not ran[check_id]]
    if missing or len(outcomes) != len(compiled):
        counted = f"gate {gate.contract.gate}: {len(outcomes)} evaluations for {len(compiled)} checks"
        raise NoVerdict(counted + (f"; never ran: {', '.join(missing)}" if missing else ""))
    by_id = {each.result.id: each for each in outcomes}
    return [by_id[check_id] for check_id in compiled]


def _confirmed(hashed: HashedResult, nodeid: str, report: Report) -> CheckResult:
    """The check's own result. The one in the JSON report must be the same, and pytest's outcome its status."""
    reported, own = report.tests.get(nodeid), hashed.result
    if reported is None or reported.outcome != own.status or reported.row_sha256 != hashed.sha256:
        says = reported.outcome if reported else "nothing"
        raise NoVerdict(f"{own.id}: the check says {own.status}, pytest's report says {says}")
    return own


def _cross_check_exit_code(given: Sequence[Verdict], report: Report) -> None:
    wanted = _PASSED if all(verdict.passed for verdict in given) else _FAILED
    if report.exit_code != wanted:
        raise NoVerdict(f"pytest ended with exit code {report.exit_code}, the checks with {wanted}")
    rows = sum(len(verdict.validations) for verdict in given)
    if not rows == len(report.tests) == report.collected:
        counted = f"{report.collected} collected, {len(report.tests)} reported"
        raise NoVerdict(f"pytest's report counts {counted}; {rows} checks were compiled")
