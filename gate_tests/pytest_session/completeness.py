"""Compares what a pytest session reports with the compiled checks: what is missing makes it no verdict of the gate."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from gate_tests.errors import OrchError
from gate_tests.pytest_session.evaluation import Evaluation

_DID_NOT_RUN = "did not run"
_DESELECTED = "deselected"


@dataclass(frozen=True)
class PhaseReport:
    """What pytest reports of one phase (setup, call, teardown) of a check. `own` is what the check itself says."""

    phase: str
    outcome: str
    xfail: bool
    own: str | None

    @classmethod
    def of(cls, report: Any) -> "PhaseReport":
        """A pytest report, as it is now: a hook of the host may change it later."""
        properties = dict(report.user_properties)
        return cls(report.when, report.outcome, hasattr(report, "wasxfail"), properties.get("outcome"))


@dataclass(frozen=True)
class Gap:
    """Checks of a gate that are no part of a verdict, and why. `total` counts the gate's checks."""

    gate: str
    why: str
    checks: tuple[str, ...]
    total: int

    @property
    def may_be_selection(self) -> bool:
        """Whether it may come of what somebody selected, and of nothing worse."""
        return self.why in (_DESELECTED, _DID_NOT_RUN)

    def describe(self) -> str:
        """In one line, which checks and why."""
        which = ", ".join(self.checks)
        if 1 < len(self.checks) == self.total:
            which = f"all {self.total} checks"
        return ": ".join(part for part in (self.gate, self.why, which) if part)


class Completeness:
    """Takes the reports of a session, and tells which of the judgement's checks they leave open."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation
        self._contracts = tuple(f"{evaluation.workspace.contract_path(gate)}::" for gate in evaluation.gates)
        self._reported: dict[str, list[PhaseReport]] = {}
        self._deselected: set[str] = set()
        self._voids: list[str] = []

    def add(self, nodeid: str, reported: PhaseReport) -> None:
        """Takes a report, if it is about a check."""
        if nodeid.startswith(self._contracts):
            self._reported.setdefault(nodeid, []).append(reported)

    def deselect(self, nodeids: Iterable[str]) -> None:
        """Takes the ids of what pytest says it has deselected."""
        self._deselected.update(nodeids)

    def void(self, why: str) -> None:
        """Takes what makes the session no verdict of any gate, whatever ran."""
        self._voids.append(why)

    @property
    def failed(self) -> bool:
        """Whether any check failed, by its own word or by pytest's."""
        return any("failed" in (each.own, each.outcome) for all_ in self._reported.values() for each in all_)

    def gaps(self) -> list[Gap]:
        """What is missing for a verdict: nothing, where every compiled check ran once and pytest agrees with it."""
        return [gap for gate in self._evaluation.gates for gap in self._gaps(gate)]

    def _gaps(self, gate: str) -> Iterator[Gap]:
        try:
            checks = [check.id for check in self._evaluation.compiled(gate).checks]
        except OrchError:
            yield Gap(gate, "no check could be compiled from its contract", (), 0)
            return
        yield from (Gap(gate, why, (), len(checks)) for why in self._voids)
        contract = self._evaluation.workspace.contract_path(gate)
        whys = {check: self._why(f"{contract}::{check}") for check in checks}
        for why in dict.fromkeys(why for why in whys.values() if why):
            yield Gap(gate, why, tuple(check for check in checks if whys[check] == why), len(checks))

    def _why(self, nodeid: str) -> str | None:
        reported = self._reported.get(nodeid, [])
        calls = [each for each in reported if each.phase == "call"]
        if any(each.xfail for each in reported):
            return "marked xfail"
        if any(each.outcome == "skipped" for each in reported):
            return "skipped"
        if not calls:
            return _DESELECTED if nodeid in self._deselected else _DID_NOT_RUN
        return f"ran {len(calls)} times" if len(calls) > 1 else _disagreement(calls[0])


def _disagreement(call: PhaseReport) -> str | None:
    """Where pytest says something else than the check. A warning passes, for pytest."""
    if call.own is None:
        return "came to no outcome of its own"
    agreed = call.outcome == ("failed" if call.own == "failed" else "passed")
    return None if agreed else f"{call.own}, but reported as {call.outcome}"
