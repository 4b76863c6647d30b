"""The result of a replay: what a record claims of each gate that passed, and what judging it again finds."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, Final, NamedTuple

from gate_tests.checks.result import CheckStatus
from gate_tests.errors import Exit
from runner.models.status import GateStatus

Json = dict[str, Any]


class ReplayOutcome(StrEnum):
    """The result for one gate.

    `skipped`: each of its checks needs the network or a program, and was not to use it. `not replayed`: it cannot be
    judged again, so nothing is known. `no verdict`: judging was begun, and has no result.
    """

    REPRODUCED = "reproduced"
    SKIPPED = "skipped"
    DIFFERS = "differs"
    NOT_REPLAYED = "not replayed"
    NO_VERDICT = "no verdict"


class CheckDifference(NamedTuple):
    """A check, or a pre_script, whose result is not what the record claims. None: there is no such check."""

    check_id: str
    claimed: CheckStatus | None
    found: CheckStatus | None
    reason: str

    def to_json(self) -> Json:
        """`{id, claimed, found, reason}`."""
        return {"id": self.check_id, "claimed": self.claimed, "found": self.found, "reason": self.reason}


class SkippedCheck(NamedTuple):
    """A check that was not judged again, and why."""

    check_id: str
    reason: str

    def to_json(self) -> Json:
        """`{id, reason}`."""
        return {"id": self.check_id, "reason": self.reason}


class MeasuredChange(NamedTuple):
    """A measured value that is another one now. It alone is no difference: the check's result is the same."""

    check_id: str
    key: str
    claimed: str | int | float | bool | None
    found: str | int | float | bool | None

    def to_json(self) -> Json:
        """`{id, key, claimed, found}`."""
        return {"id": self.check_id, "key": self.key, "claimed": self.claimed, "found": self.found}


class FileDifference(NamedTuple):
    """A file that is not the one that was judged then: `changed`, `missing`, or `new`.

    It is an output, or was `read_by` the check with this id besides its target: a source, a JSON schema.
    """

    path: str
    change: str
    read_by: str | None = None

    def to_json(self) -> Json:
        """`{path, change, read_by}`."""
        return {"path": self.path, "change": self.change, "read_by": self.read_by}


class GateReplay(NamedTuple):
    """What the record claims of one gate, and what judging it again found.

    `found` is its verdict now, None without one. `checks` is the number of those that were judged. `problem` says why
    it was not replayed or has no verdict. `files` are those that are not as they were judged then. `notes` is what
    else a reader should know.
    """

    run_id: str
    gate: str
    attempt: int
    claimed: GateStatus
    outcome: ReplayOutcome
    found: GateStatus | None = None
    checks: int = 0
    problem: str | None = None
    differences: tuple[CheckDifference, ...] = ()
    skipped: tuple[SkippedCheck, ...] = ()
    measured: tuple[MeasuredChange, ...] = ()
    files: tuple[FileDifference, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether all of its checks were judged again, with the claimed results."""
        return self.outcome is ReplayOutcome.REPRODUCED and not self.skipped

    def to_json(self) -> Json:
        """`{run_id, gate, attempt, outcome, claimed, found, checks, problem, differences, …}`."""
        return {
            "run_id": self.run_id,
            "gate": self.gate,
            "attempt": self.attempt,
            "outcome": str(self.outcome),
            "claimed": str(self.claimed),
            "found": None if self.found is None else str(self.found),
            "checks": self.checks,
            "problem": self.problem,
            "differences": [each.to_json() for each in self.differences],
            "skipped": [each.to_json() for each in self.skipped],
            "measured": [each.to_json() for each in self.measured],
            "files": [each.to_json() for each in self.files],
            "notes": list(self.notes),
        }


_EXIT_CODES: Final = {
    ReplayOutcome.NO_VERDICT: Exit.NO_VERDICT,
    ReplayOutcome.DIFFERS: Exit.FAIL,
    ReplayOutcome.NOT_REPLAYED: Exit.FAIL,
}
"""The gravest first. A gate that cannot be replayed does not count as verified."""


def choose_exit_code(replays: Iterable[GateReplay], *, is_strict: bool = False) -> Exit:
    """NO_VERDICT if a gate has none, FAIL if one differs or was not replayed, if `is_strict` in part; else OK."""
    replays = tuple(replays)
    outcomes = {each.outcome for each in replays}
    if is_strict and not all(each.is_complete for each in replays):
        outcomes.add(ReplayOutcome.NOT_REPLAYED)
    return next((code for outcome, code in _EXIT_CODES.items() if outcome in outcomes), Exit.OK)
