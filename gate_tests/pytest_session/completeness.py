"""Compares what a pytest session reports with the compiled checks: if any is missing, it is no verdict of the gate."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from gate_tests.checks.result import CheckStatus
from gate_tests.errors import OrchError
from gate_tests.pytest_session.evaluation import Evaluation
from gate_tests.pytest_session.nodes import read_properties
from gate_tests.pytest_session.selection import TypedSelection

_DID_NOT_RUN: Final = "did not run"
_DESELECTED: Final = "deselected"
_NOT_SELECTED: Final = "not selected"


@dataclass(frozen=True)
class PhaseReport:
    """pytest's report of one phase (setup, call, teardown) of a check. `status` is the check's own, if it has one.

    `reason` is one line, empty for a report of a success.
    """

    phase: str
    outcome: str
    is_xfail: bool
    status: str | None
    reason: str

    @property
    def has_failed(self) -> bool:
        """Whether it failed, by its own status or by pytest's outcome."""
        return CheckStatus.FAILED in (self.status, self.outcome)

    @classmethod
    def from_report(cls, report: Any) -> "PhaseReport":
        """A copy of a pytest report, which a hook of the host may change later. A plugin's own may have less."""
        properties = read_properties(report)
        phase, outcome = getattr(report, "when", None), getattr(report, "outcome", None)
        reason = properties.get("reason") or (_find_last_line(report) if outcome == "failed" else "")
        return cls(str(phase), str(outcome), hasattr(report, "wasxfail"), properties.get("outcome"), str(reason))


@dataclass(frozen=True)
class UnverifiedChecks:
    """Checks of a gate for which the session gives no verdict, and why. `total` counts the gate's checks."""

    gate: str
    reason: str
    checks: tuple[str, ...]
    total: int

    @property
    def is_selection(self) -> bool:
        """Whether the user has left these checks out."""
        return self.reason == _NOT_SELECTED

    @property
    def has_not_run(self) -> bool:
        """Whether nothing else is the matter with these checks than that they were not run."""
        return self.reason in (_NOT_SELECTED, _DESELECTED, _DID_NOT_RUN)

    def describe(self) -> str:
        """One line: which checks, and why."""
        which = ", ".join(self.checks)
        if 1 < len(self.checks) == self.total:
            which = f"all {self.total} checks"
        return ": ".join(part for part in (self.gate, self.reason, which) if part)


class ReportedChecks:
    """Collects the reports of a session, and finds the checks of the evaluation that they do not verify."""

    def __init__(self, evaluation: Evaluation, selection: TypedSelection) -> None:
        self._evaluation = evaluation
        self._selection = selection
        self._prefixes = tuple(f"{evaluation.workspace.contract_path(gate)}::" for gate in evaluation.gates)
        self._reports: dict[str, list[PhaseReport]] = {}
        self._deselected: set[str] = set()
        self._invalid_reasons: list[str] = []

    def add(self, nodeid: str, report: Any) -> None:
        """Adds a report of pytest, if it is of a check."""
        if nodeid.startswith(self._prefixes):
            self._reports.setdefault(nodeid, []).append(PhaseReport.from_report(report))

    def add_deselected(self, nodeids: Iterable[str]) -> None:
        """Adds the node ids that pytest has deselected."""
        self._deselected.update(nodeids)

    def invalidate(self, reason: str) -> None:
        """The session gives no verdict of any gate, whatever it reports."""
        self._invalid_reasons.append(reason)

    def find_failures(self) -> dict[str, str]:
        """Why each check failed that did, by its own status or by pytest's outcome: the reason by node id."""
        reports = ((nodeid, report) for nodeid, reports in self._reports.items() for report in reports)
        return {nodeid: report.reason for nodeid, report in reports if report.has_failed}

    def find_unverified(self) -> list[UnverifiedChecks]:
        """The checks without a verdict; empty if every compiled check ran once and pytest agrees with its status."""
        return [unverified for gate in self._evaluation.gates for unverified in self._find_in_gate(gate)]

    def _find_in_gate(self, gate: str) -> Iterator[UnverifiedChecks]:
        try:
            checks = [check.id for check in self._evaluation.compiled(gate).checks]
        except OrchError:
            yield UnverifiedChecks(gate, "its contract could not be compiled", (), 0)
            return
        yield from (UnverifiedChecks(gate, reason, (), len(checks)) for reason in self._invalid_reasons)
        contract = self._evaluation.workspace.contract_path(gate)
        reasons = {check: self._reason(gate, check, f"{contract}::{check}") for check in checks}
        for reason in dict.fromkeys(filter(None, reasons.values())):
            yield UnverifiedChecks(
                gate, reason, tuple(check for check in checks if reasons[check] == reason), len(checks)
            )

    def _reason(self, gate: str, check: str, nodeid: str) -> str | None:
        """Why a check is not verified; None if it is."""
        reports = self._reports.get(nodeid, [])
        calls = [report for report in reports if report.phase == "call"]
        if any(report.is_xfail for report in reports):
            return "marked xfail"
        if any(report.outcome == "skipped" for report in reports):
            return "skipped"
        if not calls and self._selection.leaves_out(gate, check):
            return _NOT_SELECTED
        if not calls:
            return _DESELECTED if nodeid in self._deselected else _DID_NOT_RUN
        return f"ran {len(calls)} times" if len(calls) > 1 else _describe_disagreement(calls[0])


def _find_last_line(report: Any) -> str:
    """The last line of the explanation of a failure, which names the error."""
    return next(reversed(str(getattr(report, "longreprtext", "")).strip().splitlines()), "")


def _describe_disagreement(call: PhaseReport) -> str | None:
    """How pytest's outcome disagrees with the check's status. For pytest a warning is a pass."""
    if call.status is None:
        return "has no outcome of its own"
    agrees = call.outcome == ("failed" if call.status == CheckStatus.FAILED else "passed")
    return None if agrees else f"{call.status}, but reported as {call.outcome}"
