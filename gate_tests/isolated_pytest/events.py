"""What a judging session tells while it goes on, before anybody calls it a verdict."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from gate_tests.checks.result import CheckResult
from gate_tests.errors import NoVerdict


class SeenOutput(NamedTuple):
    """A declared output that existed, as the checks saw it."""

    template: str
    path: str
    sha256: str
    size_bytes: int
    optional: bool

    def to_json(self) -> dict[str, Any]:
        """`{template, path, sha256, size_bytes, optional}`."""
        return self._asdict()


def hash_row(row: Mapping[str, Any] | None) -> str:
    """The hash of a result's JSON: results are compared by it, so that each is sent and kept once only."""
    return sha256(json.dumps(row).encode()).hexdigest()


class HashedResult(NamedTuple):
    """The result that a check itself gave, and the hash of its JSON."""

    result: CheckResult
    sha256: str


class Reported(NamedTuple):
    """One test of pytest's JSON report: its outcome, and the hash of the check's row in it."""

    outcome: str
    row_sha256: str

    @classmethod
    def of(cls, outcome: str, row: Mapping[str, Any] | None) -> "Reported":
        """The outcome, and the row as the report has it."""
        return cls(outcome, hash_row(row))


class Report(NamedTuple):
    """What is wanted of pytest's JSON report. `tests` by node id; `collected` counts what was to run."""

    exit_code: int
    collected: int
    tests: Mapping[str, Reported]
    pytest_version: str


class CheckEventSink(Protocol):
    """Who is told of each check."""

    def begins(self, gate: str, what: str, *, at_once: bool = True) -> None:
        """A check is about to be evaluated, or an output to be hashed. Several may be under way.

        `at_once`: it may keep Python to itself, so that what is put off might never be told.
        """

    def finds(self, gate: str, result: CheckResult) -> None:
        """The check has come to this: its own outcome, before pytest has a say."""


class EventSink(CheckEventSink, Protocol):
    """Who is told how a session goes, in this order."""

    def shows(self, text: str) -> None:
        """Gets what pytest prints."""

    def goes_on(self, text: str) -> None:
        """Long work has come so far; an empty text says that it is over. Nothing depends on it."""

    def is_over(self, gate: str, what: str) -> None:
        """The hashing of an output, or a check that has come to nothing, is over."""

    def refuses(self, why: str) -> None:
        """There will be no verdict. The session may end at once."""

    def sees(self, gate: str, outputs: list[SeenOutput]) -> None:
        """These declared outputs of the gate exist; more may follow."""

    def reports(self, report: Report) -> None:
        """The session has ended; this is pytest's report of it."""


class EventCollector:
    """The witness that remembers. What pytest prints goes on to `show`, how far long work has come to `progress`."""

    def __init__(self, show: Callable[[str], object], progress: Callable[[str], object] | None = None) -> None:
        self._show = show
        self._progress = progress
        self.report: Report | None = None
        self._outcomes: dict[str, list[HashedResult]] = {}
        self._outputs: dict[str, list[SeenOutput]] = {}

    def shows(self, text: str) -> None:
        """Passes it on."""
        self._show(text)

    def goes_on(self, text: str) -> None:
        """Passes it on where it is wanted."""
        if self._progress:
            self._progress(text)

    def begins(self, gate: str, what: str, *, at_once: bool = True) -> None:
        """Nothing to remember: only what it comes to is evidence."""

    def is_over(self, gate: str, what: str) -> None:
        """Nothing to remember either."""

    def refuses(self, why: str) -> None:
        """Raises NoVerdict."""
        raise NoVerdict(why)

    def finds(self, gate: str, result: CheckResult) -> None:
        """Keeps the outcome: all of them, repetitions too. It is hashed now, while the next check runs elsewhere."""
        self._outcomes.setdefault(gate, []).append(HashedResult(result, hash_row(result.to_json())))

    def sees(self, gate: str, outputs: list[SeenOutput]) -> None:
        """Keeps the outputs."""
        self._outputs.setdefault(gate, []).extend(outputs)

    def reports(self, report: Report) -> None:
        """Keeps the report."""
        self.report = report

    def outcomes(self, gate: str) -> tuple[HashedResult, ...]:
        """The checks' own outcomes, in the order in which they came."""
        return tuple(self._outcomes.get(gate, ()))

    def outputs(self, gate: str) -> tuple[SeenOutput, ...]:
        """The declared outputs of the gate that exist."""
        return tuple(self._outputs.get(gate, ()))
