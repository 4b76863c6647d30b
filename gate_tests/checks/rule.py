"""What every check type is: a frozen dataclass whose fields are its parameters, bound to a run."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

from gate_tests.artifacts import Artifacts, NotText
from gate_tests.contract import Validation
from gate_tests.names import Depth
from gate_tests.outcome import Outcome


class Scope(Protocol):
    """A run, as far as a rule's parameters depend on it."""

    @property
    def depth(self) -> Depth:
        """The depth of the run."""

    def text(self, template: str, validation: Validation, *keys: str | int) -> str:
        """`template` with its variables replaced; raises InvalidFile that names the key."""

    def refuse(self, validation: Validation, message: str, *keys: str | int) -> Exception:
        """The error to raise for a parameter that means nothing in this run."""


class Rule(Protocol):
    """What must hold of one file; its fields are its parameters."""

    type: ClassVar[str]
    reads_text: ClassVar[bool]

    def wanted(self) -> str:
        """In words, what must be so: it follows "wanted" and stands in packets."""

    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        """Whether the rule holds for the file at `path`. Never raises for what an artifact holds."""


class WrittenRule(Rule, Protocol):
    """A rule that a contract may write. `keys` is the JSON Schema of the keys that are its own."""

    keys: ClassVar[Mapping[str, Any]]
    required: ClassVar[tuple[str, ...]]

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """The rule with its parameters taken from the contract. Raises InvalidFile."""


@dataclass(frozen=True)
class TextRule(ABC):
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
