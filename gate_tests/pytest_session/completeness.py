"""Compares what a pytest session reports with the compiled checks: if any is missing, it is no verdict of the gate."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from gate_tests.checks.result import CheckStatus
from gate_tests.errors import OrchError
from gate_tests.pytest_session.evaluation import Evaluation

_DID_NOT_RUN: Final = "did not run"
_DESELECTED: Final = "deselected"


@dataclass(frozen=True)
class PhaseReport:
    """pytest's report of one phase (setup, call, teardown) of a check. `status` is the check's own, if it has one."""

    phase: str
    outcome: str
    is_xfail: bool
    status: str | None

    @classmethod
    def from_report(cls, report: Any) -> "PhaseReport":
        """A copy of a pytest report, which a hook of the host may change later."""
        properties = dict(report.user_properties)
        return cls(report.when, report.outcome, hasattr(report, "wasxfail"), properties.get("outcome"))


@dataclass(frozen=True)
class UnverifiedChecks:
    """Checks of a gate for which the session gives no verdict, and why. `total` counts the gate's checks."""

    gate: str
    reason: str
    checks: tuple[str, ...]
    total: int

    @property
    def may_be_selection(self) -> bool:
        """Whether a selection by the user would explain it."""
        return self.reason in (_DESELECTED, _DID_NOT_RUN)

    def describe(self) -> str:
        """One line: which checks, and why."""
        which = ", ".join(self.checks)
        if 1 < len(self.checks) == self.total:
            which = f"all {self.total} checks"
        return ": ".join(part for part in (self.gate, self.reason, which) if part)


class ReportedChecks:
    """Collects the reports of a session, and finds the checks of the evaluation that they do not verify."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._prefixes = tuple(f"{evaluation.workspace.contract_path(gate)}::" for gate in evaluation.gates)
        self._reports: dict[str, list[PhaseReport]] = {}
        self._deselected: set[str] = set()
        self._invalid_reasons: list[str] = []

    def add(self, nodeid: str, report: PhaseReport) -> None:
        """Adds a report, if it is of a check."""
        if nodeid.startswith(self._prefixes):
            self._reports.setdefault(nodeid, []).append(report)

    def add_deselected(self, nodeids: Iterable[str]) -> None:
        """Adds the node ids that pytest has deselected."""
        self._deselected.update(nodeids)

    def invalidate(self, reason: str) -> None:
        """The session gives no verdict of any gate, whatever it reports."""
        self._invalid_reasons.append(reason)

    @property
    def has_failed(self) -> bool:
        """Whether any check failed, by its own status or by pytest's outcome."""
        reports = [report for reports in self._reports.values() for report in reports]
        return any(CheckStatus.FAILED in (report.status, report.outcome) for report in reports)

    def find_unverified(self) -> list[UnverifiedChecks]:
        """The checks without a verdict; empty if every compiled check ran once and pytest agrees with its status."""
        return [unverified for gate in self._evaluation.gates for unverified in self._find_in_gate(gate)]

    def _find_in_gate(self, gate: str) -> Iterator[UnverifiedChecks]:
        try:
            checks = [check.id for check in self._evaluation.compiled(gate).checks]
        except OrchError:
            yield UnverifiedChecks(gate, "no check could be compiled from its contract", (), 0)
            return
        yield from (UnverifiedChecks(gate, reason, (), len(checks)) for reason in self._invalid_reasons)
        contract = self._evaluation.workspace.contract_path(gate)
        reasons = {check: self._reason(f"{contract}::{check}") for check in checks}
        for reason in dict.fromkeys(filter(None, reasons.values())):
            yield UnverifiedChecks(
                gate, reason, tuple(check for check in checks if reasons[check] == reason), len(checks)
            )

    def _reason(self, nodeid: str) -> str | None:
        """Why a check is not verified; None if it is."""
        reports = self._reports.get(nodeid, [])
        calls = [report for report in reports if report.phase == "call"]
        if any(report.is_xfail for report in reports):
            return "marked xfail"
        if any(report.outcome == "skipped" for report in reports):
            return "skipped"
        if not calls:
            return _DESELECTED if nodeid in self._deselected else _DID_NOT_RUN
        return f"ran {len(calls)} times" if len(calls) > 1 else _describe_disagreement(calls[0])


def _describe_disagreement(call: PhaseReport) -> str | None:
    """How pytest's outcome disagrees with the check's status. For pytest a warning is a pass."""
    if call.status is None:
        return "came to no outcome of its own"
    agrees = call.outcome == ("failed" if call.status == CheckStatus.FAILED else "passed")
    return None if agrees else f"{call.status}, but reported as {call.outcome}"
