"""From events to a verdict: the checks' own results, pytest's report and the compiled checks must agree.

If they do not, there is no verdict: a check did not run, ran twice, or was reported with another result than its own.
"""

from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

from gate_tests.checks.result import CheckResult
from gate_tests.compiler.gate import CompiledGate
from gate_tests.errors import NoVerdict
from gate_tests.isolated_pytest.events import EventCollector, HashedResult, SeenOutput, SessionReport

_PASSED: Final = 0
_FAILED: Final = 1  # pytest's exit codes that a verdict can have


class Verdict(NamedTuple):
    """The verdict on one gate. `validations` are the results of its checks, in compiled order.

    `durations_s` are how long they took, in the same order; empty where nobody asked.
    """

    gate: str
    passed: bool
    validations: tuple[CheckResult, ...]
    outputs: tuple[SeenOutput, ...]
    failure_reason: str | None
    pytest_version: str
    durations_s: tuple[float, ...] = ()


def build_verdicts(gates: Sequence[CompiledGate], collector: EventCollector) -> list[Verdict]:
    """The verdict on each of `gates`, which were judged in one session. Raises NoVerdict."""
    report = _require_report(collector)
    verdicts = [_build_verdict(gate, collector, report) for gate in gates]
    _cross_check_exit_code(verdicts, report)
    return verdicts


def _require_report(collector: EventCollector) -> SessionReport:
    report = collector.report
    if report is None:
        raise NoVerdict("pytest ended without a JSON report")
    if report.exit_code not in (_PASSED, _FAILED):
        raise NoVerdict(f"pytest ended with exit code {report.exit_code} instead of a verdict")
    return report


def _build_verdict(gate: CompiledGate, collector: EventCollector, report: SessionReport) -> Verdict:
    path = gate.contract.document.path
    own = _order_results(gate, collector.results(gate.contract.gate))
    results = tuple(_confirm_result(each, f"{path}::{each.check_id}", report) for each in own)
    reasons = [str(result.reason) for result in results if result.has_failed]
    return Verdict(
        gate=gate.contract.gate,
        passed=not reasons,
        validations=results,
        outputs=collector.outputs(gate.contract.gate),
        failure_reason="; ".join(reasons) or None,
        pytest_version=report.pytest_version,
        durations_s=_list_durations(path, own, report),
    )


def _list_durations(path: str, own: Sequence[HashedResult], report: SessionReport) -> tuple[float, ...]:
    if not report.has_durations:
        return ()
    return tuple(float(report.tests[f"{path}::{each.check_id}"].duration_s or 0) for each in own)


def _order_results(gate: CompiledGate, results: Sequence[HashedResult]) -> list[HashedResult]:
    """The results in compiled order. There must be one for each compiled check, and no other."""
    compiled = [check.id for check in gate.checks]
    count = Counter(each.check_id for each in results)
    missing = [check_id for check_id in compiled if not count[check_id]]
    if missing or len(results) != len(compiled):
        counted = f"gate {gate.contract.gate}: {len(results)} evaluations for {len(compiled)} checks"
        raise NoVerdict(counted + (f"; never ran: {', '.join(missing)}" if missing else ""))
    by_id = {each.check_id: each for each in results}
    return [by_id[check_id] for check_id in compiled]


def _confirm_result(own: HashedResult, nodeid: str, report: SessionReport) -> CheckResult:
    """The check's own result. The JSON report must have the same, and its outcome must be the result's status."""
    reported, status = report.tests.get(nodeid), own.result.status
    if reported is None or reported.outcome != status or reported.row_sha256 != own.sha256:
        says = reported.outcome if reported else "nothing"
        raise NoVerdict(f"{own.check_id}: the check says {status}, pytest's report says {says}")
    return own.result


def _cross_check_exit_code(verdicts: Sequence[Verdict], report: SessionReport) -> None:
    expected = _PASSED if all(verdict.passed for verdict in verdicts) else _FAILED
    if report.exit_code != expected:
        raise NoVerdict(f"pytest ended with exit code {report.exit_code}, the checks with {expected}")
    checks = sum(len(verdict.validations) for verdict in verdicts)
    if not checks == len(report.tests) == report.collected:
        counted = f"{report.collected} collected, {len(report.tests)} reported"
        raise NoVerdict(f"pytest's report counts {counted}; {checks} checks were compiled")
