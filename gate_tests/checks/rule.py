"""What every check type is: a frozen dataclass whose fields are its parameters, bound to a run."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

from gate_tests.checks.outcome import Outcome
from gate_tests.contract import Limits, Validation
from gate_tests.files.artifacts import Artifacts, NotText
from gate_tests.programs.program import ProgramResults
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import RunContext


class Scope(Protocol):
    """A run, as far as a rule's parameters depend on it."""

    @property
    def gate(self) -> str:
        """The gate that is judged."""

    @property
    def context(self) -> RunContext:
        """The run."""

    @property
    def depth(self) -> Depth:
        """The depth of the run."""

    @property
    def limits(self) -> Limits:
        """How much a check may take."""

    @property
    def offline(self) -> bool:
        """Whether the network must not be asked."""

    @property
    def programs(self) -> ProgramResults:
        """What the programs that the gate's contract asks for came to."""

    def text(self, template: str, validation: Validation, *keys: str | int) -> str:
        """`template` with its variables replaced; raises InvalidFile that names the key."""

    def path(self, template: str, validation: Validation, *keys: str | int) -> str:
        """The same for a path: normal, and below the root."""

    def glob(self, template: str, validation: Validation, *keys: str | int) -> str:
        """The same for a pattern of paths, in which a replaced value is literal."""

    def regex(self, template: str, validation: Validation, *keys: str | int) -> str:
        """A regex in which the variables that are known are replaced, escaped; all else stays."""

    def refuse(self, validation: Validation, message: str, *keys: str | int) -> Exception:
        """The error to raise for a parameter that means nothing in this run."""


class Rule(Protocol):
    """What must hold of a file, or of whatever it is about; its fields are its parameters.

    `mend` tells whoever did the work what to do about it where it does not hold.
    """

    type: ClassVar[str]
    reads_text: ClassVar[bool]
    mend: ClassVar[str]

    @property
    def others(self) -> tuple[str, ...]:
        """Paths it reads besides its target, as far as they are known beforehand."""

    def wanted(self) -> str:
        """In words, what must be so: it follows "wanted" and stands in packets."""

    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        """Whether the rule holds for the file at `path`. Never raises for what an artifact holds."""


class WrittenRule(Rule, Protocol):
    """A rule that a contract may write.

    `keys` is the JSON Schema of the keys that are its own, `measures` tells what it records besides, `summary` when
    it holds, `example` how a contract writes it. `target_key` names the key which holds the path that it is about, or
    the first of several; where it is about no path it is None, and `subject` tells what stands in its place.
    """

    summary: ClassVar[str]
    keys: ClassVar[Mapping[str, Any]]
    required: ClassVar[tuple[str, ...]]
    measures: ClassVar[Mapping[str, str]]
    example: ClassVar[Mapping[str, Any]]
    target_key: ClassVar[str | None]

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """The rule with its parameters taken from the contract. Raises InvalidFile."""

    def subject(self) -> str:
        """What it is about, where that is no path."""


@dataclass(frozen=True)
class AboutOneFile:
    """A rule that is about the file at its target; what it reads besides, if anything, its `others` tell."""

    target_key: ClassVar[str | None] = "target"

    @property
    def others(self) -> tuple[str, ...]:
        """None."""
        return ()

    def subject(self) -> str:
        """Never asked for: it is about its target."""
        raise AssertionError("a rule about a path has no other subject")


@dataclass(frozen=True)
class TextRule(AboutOneFile, ABC):
    """A rule about the text of one file: a pure function from text to outcome."""

    reads_text: ClassVar[bool] = True

    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        """A file that is missing or no text fails, the rules that forbid something too."""
        try:
            text = artifacts.text(path)
        except NotText as problem:
            return Outcome(False, str(problem), self.judge("", path).measured)
        return self.judge(text, path)

    @abstractmethod
    def judge(self, text: str, path: str) -> Outcome:
        """Whether the rule holds for `text`."""
