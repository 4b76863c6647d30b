"""The events of a judging session, who receives them, and the collector that a verdict is built from."""

import json
from abc import abstractmethod
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Protocol

from gate_tests.errors import NoVerdict
from gate_tests.typing_compat import override

if TYPE_CHECKING:
    from gate_tests.checks.result import CheckResult


class SeenOutput(NamedTuple):
    """A file of a declared output, as the checks read it."""

    template: str
    path: str
    sha256: str
    size_bytes: int
    optional: bool

    def to_json(self) -> dict[str, Any]:
        """`{template, path, sha256, size_bytes, optional}`."""
        return self._asdict()


encode_json: Final = json.JSONEncoder(check_circular=False).encode
"""Encodes as `json.dumps` does, in half the time for small values: it makes its encoder once."""


def hash_row(row: Mapping[str, Any] | None) -> str:
    """The hash of a result's JSON: results are compared by it, so that each is sent and kept only once."""
    return sha256(encode_json(row).encode()).hexdigest()


class HashedResult(NamedTuple):
    """The result that a check itself gave, its id, and the hash of its JSON."""

    check_id: str
    result: "CheckResult"
    sha256: str


class ReportedTest(NamedTuple):
    """One test of pytest's JSON report: its outcome, and the hash of the result's JSON in it.

    `duration_s` is how long the check took, where that was asked for.
    """

    outcome: str
    row_sha256: str
    duration_s: float | None = None

    @classmethod
    def from_row(cls, outcome: str, row: Mapping[str, Any] | None, duration_s: float | None = None) -> "ReportedTest":
        """The outcome, and the result's JSON as the report has it."""
        return cls(outcome, hash_row(row), duration_s)


class SessionReport(NamedTuple):
    """The part of pytest's JSON report that a verdict needs. `tests` by node id; `collected` is a number of tests."""

    exit_code: int
    collected: int
    tests: Mapping[str, ReportedTest]
    pytest_version: str

    @property
    def has_durations(self) -> bool:
        """Whether they were asked for."""
        return next((test.duration_s is not None for test in self.tests.values()), False)


class CheckEventSink(Protocol):
    """Receives the events of the checks. A task is the evaluation of a check, or the hashing of an output."""

    @abstractmethod
    def on_task_started(self, gate: str, task: str, *, flush: bool = True) -> None:
        """A task starts: `task` is the id of the check, or says what is hashed. Several may run at a time.

        `flush`: the event must be sent at once, because the task may hold the GIL until it is killed.
        """

    @abstractmethod
    def on_check_result(self, gate: str, result: "CheckResult") -> None:
        """A check has given its own result, before pytest reports it. This ends the task of that id."""


class EventSink(CheckEventSink, Protocol):
    """Receives the events of a session."""

    @abstractmethod
    def on_task_ended(self, gate: str, task: str) -> None:
        """An output has been hashed, or a check has ended without a result."""

    @abstractmethod
    def on_text(self, text: str) -> None:
        """Output of pytest, not always a whole line."""

    @abstractmethod
    def on_progress(self, text: str) -> None:
        """The progress of a long task, for display only; an empty text removes it."""

    @abstractmethod
    def on_no_verdict(self, reason: str) -> None:
        """There will be no verdict. Need not return: it may raise, or end the process."""

    @abstractmethod
    def on_outputs(self, gate: str, outputs: list[SeenOutput]) -> None:
        """Declared outputs of the gate that exist; more may follow."""

    @abstractmethod
    def on_report(self, report: SessionReport) -> None:
        """The session has ended with this report. This is the last event."""


class EventCollector(EventSink):
    """Collects what a verdict is built from. Text of pytest goes to `show`, progress to `progress`."""

    def __init__(self, show: Callable[[str], object], progress: Callable[[str], object] | None = None) -> None:
        self._show = show
        self._progress = progress
        self.report: SessionReport | None = None
        self._results: dict[str, list[HashedResult]] = {}
        self._outputs: dict[str, list[SeenOutput]] = {}

    @override
    def on_task_started(self, gate: str, task: str, *, flush: bool = True) -> None:
        pass

    @override
    def on_task_ended(self, gate: str, task: str) -> None:
        pass

    @override
    def on_check_result(self, gate: str, result: "CheckResult") -> None:
        # Repeated results are kept too. Hashed now, while the next check runs in the other process.
        self._results.setdefault(gate, []).append(HashedResult(result.id, result, hash_row(result.to_json())))

    @override
    def on_text(self, text: str) -> None:
        self._show(text)

    @override
    def on_progress(self, text: str) -> None:
        if self._progress:
            self._progress(text)

    @override
    def on_no_verdict(self, reason: str) -> None:
        raise NoVerdict(reason)

    @override
    def on_outputs(self, gate: str, outputs: list[SeenOutput]) -> None:
        self._outputs.setdefault(gate, []).extend(outputs)

    @override
    def on_report(self, report: SessionReport) -> None:
        self.report = report

    def results(self, gate: str) -> tuple[HashedResult, ...]:
        """The checks' own results, in the order of the events."""
        return tuple(self._results.get(gate, ()))

    def outputs(self, gate: str) -> tuple[SeenOutput, ...]:
        """The declared outputs of the gate that exist."""
        return tuple(self._outputs.get(gate, ()))
