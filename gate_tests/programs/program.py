"""What the programs came to that a contract asks for: its checks of type `command`."""

import os
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, Protocol


class Program(NamedTuple):
    """A program and its arguments, and how long it may take, in seconds."""

    arguments: tuple[str, ...]
    timeout_s: float

    @property
    def name(self) -> str:
        """Its name without its folder."""
        return os.path.basename(self.arguments[0])


class Ran(NamedTuple):
    """A program that has run: `exit_code` is None where it did not end by itself, and `failure` says why."""

    exit_code: int | None
    duration_ms: int
    output_sha256: str
    failure: str = ""

    @property
    def succeeded(self) -> bool:
        """Whether it ended with 0."""
        return self.exit_code == 0 and not self.failure

    @property
    def found(self) -> str:
        """In words, what it came to."""
        return self.failure or f"exit code {self.exit_code}"


NOT_RUN: Final = Ran(None, 0, "", "it was not run")


class Programs(Protocol):
    """Knows what the programs of a contract came to."""

    def ran(self, gate: str, index: int) -> Ran:
        """What the program of the gate's `validations[index]` came to."""

    def to_json(self) -> dict[str, Any]:
        """What is known by now: `{gate: {index: {exit_code, …}}}`."""


class NothingRan:
    """Where nobody runs programs: the checks that want one do not hold."""

    def ran(self, gate: str, index: int) -> Ran:
        """It was not run."""
        return NOT_RUN

    def to_json(self) -> dict[str, Any]:
        """Nothing."""
        return {}


class ProgramsThatRan:
    """What each program came to, by gate and index."""

    def __init__(self, by_place: Mapping[tuple[str, int], Ran]) -> None:
        self.by_place = by_place

    def ran(self, gate: str, index: int) -> Ran:
        """As it is known; what is not was not run."""
        return self.by_place.get((gate, index), NOT_RUN)

    def to_json(self) -> dict[str, Any]:
        """`{gate: {index: [exit_code, duration_ms, output_sha256, failure]}}`."""
        told: dict[str, Any] = {}
        for (gate, index), ran in self.by_place.items():
            told.setdefault(gate, {})[str(index)] = list(ran)
        return told

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ProgramsThatRan":
        """The same, read."""
        return cls({(gate, int(index)): Ran(*ran) for gate, rows in data.items() for index, ran in rows.items()})
