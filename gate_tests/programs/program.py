"""Programs that a contract runs (`command` checks and pre_scripts), and their results."""

import os
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol

from gate_tests.typing_compat import override


class Program(NamedTuple):
    """A program with its arguments, and its time limit in seconds."""

    arguments: tuple[str, ...]
    timeout_s: float

    @property
    def name(self) -> str:
        """The file name of the program, without its directory."""
        return os.path.basename(self.arguments[0])


class ProgramResult(NamedTuple):
    """How a program ended. `failure` says why there is no exit code, in which case `exit_code` is None."""

    exit_code: int | None
    duration_ms: int
    output_sha256: str
    failure: str | None = None

    @property
    def succeeded(self) -> bool:
        """Whether it exited with 0."""
        return self.exit_code == 0 and not self.failure

    @property
    def found(self) -> str:
        """The result, for messages."""
        return self.failure or f"exit code {self.exit_code}"


NOT_RUN: Final = ProgramResult(None, 0, "", "was not run")


class ProgramResults(Protocol):
    """The results of the programs of `command` checks."""

    def result(self, gate: str, index: int) -> ProgramResult:
        """The result for the gate's `validations[index]`; `NOT_RUN` if it was not run."""

    def to_json(self) -> dict[str, Any]:
        """The results that are known so far: `{gate: {index: [exit_code, duration_ms, output_sha256, failure]}}`."""


class NoProgramResults(ProgramResults):
    """For sessions that run no programs: every `command` check fails."""

    @override
    def result(self, gate: str, index: int) -> ProgramResult:
        return NOT_RUN

    @override
    def to_json(self) -> dict[str, Any]:
        return {}


class KnownProgramResults(ProgramResults):
    """Results by gate and index of the validation."""

    def __init__(self, by_check: Mapping[tuple[str, int], ProgramResult]) -> None:
        self.by_check = by_check

    @override
    def result(self, gate: str, index: int) -> ProgramResult:
        return self.by_check.get((gate, index), NOT_RUN)

    @override
    def to_json(self) -> dict[str, Any]:
        results: dict[str, Any] = {}
        for (gate, index), result in self.by_check.items():
            results.setdefault(gate, {})[str(index)] = list(result)
        return results

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "KnownProgramResults":
        """Parse what `to_json` returns."""
        return cls(
            {(gate, int(index)): ProgramResult(*row) for gate, rows in data.items() for index, row in rows.items()}
        )
