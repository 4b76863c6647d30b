"""What a check evaluates: a frozen dataclass whose fields are its parameters, bound to one run."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Protocol

from gate_tests.checks.outcome import Outcome
from gate_tests.contract import Limits, Validation
from gate_tests.files.artifacts import Artifacts, NotText
from gate_tests.parsers.too_large import TooLargeToParse
from gate_tests.programs.program import ProgramResults
from gate_tests.typing_compat import override
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import RunContext

if TYPE_CHECKING:  # judging needs neither
    from gate_tests.checks.lint import LintWarning
    from gate_tests.checks.mutations import Mutation


class Scope(Protocol):
    """The run that a rule is bound to, as far as its parameters depend on it.

    `keys`, after a validation, lead from it to the value that an error is about.
    """

    @property
    def gate(self) -> str:
        """The id of the gate that is judged."""

    @property
    def context(self) -> RunContext:
        """The run."""

    @property
    def depth(self) -> Depth:
        """The depth of the run."""

    @property
    def limits(self) -> Limits:
        """The contract's limits for a check."""

    @property
    def output_globs(self) -> tuple[str, ...]:
        """A glob for each output that the contract declares, `any_of` first: it finds the files of that output."""

    @property
    def offline(self) -> bool:
        """Whether checks must not use the network."""

    @property
    def programs(self) -> ProgramResults:
        """The results of the programs that the gate's contract runs."""

    def text(self, template: str, validation: Validation, *keys: str | int) -> str:
        """`template` with its variables replaced. Raises InvalidFile."""

    def path(self, template: str, validation: Validation, *keys: str | int) -> str:
        """As `text`, for a path: normalized, and below the root."""

    def glob(self, template: str, validation: Validation, *keys: str | int) -> str:
        """As `path`, for a glob: the values of variables are escaped."""

    def regex(self, template: str, validation: Validation, *keys: str | int) -> str:
        """A regex with its known variables replaced by their escaped values; unknown ones are left as they are."""

    def make_error(self, validation: Validation, message: str, *keys: str | int) -> Exception:
        """The error to raise for a parameter that cannot be used in this run."""


@dataclass(frozen=True)
class Rule(ABC):
    """A condition on a file, or on something else.

    `reads_text`: whether it decodes its target as text. `has_memory_limit`: whether the memory that it may take is
    limited where it is judged.
    """

    reads_text: ClassVar[bool] = True
    has_memory_limit: ClassVar[bool] = True

    @abstractmethod
    def describe(self) -> str:
        """What is expected, as a phrase that continues "expected"."""

    @abstractmethod
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        """Whether the file at `path` meets the rule. Never raises because of an artifact's content."""

    @property
    def other_paths(self) -> tuple[str, ...]:
        """The paths that it reads besides its target, as far as they are known before it is evaluated."""
        return ()

    @property
    def other_globs(self) -> tuple[str, ...]:
        """The globs of the files that it reads besides."""
        return ()

    @property
    def schema_paths(self) -> tuple[str, ...]:
        """Those of `other_paths` that are part of the rule, like the contract itself: JSON schemas."""
        return ()

    @property
    def subject(self) -> str:
        """What it is about, where its check type has no target path."""
        raise NotImplementedError

    def generate_mutations(self, text: str, path: str) -> "Iterable[Mutation]":
        """Versions of `text`, which passes, that must fail; none where any other text would do."""
        return ()

    def lint(self, path: str) -> "Iterable[LintWarning]":
        """Warnings about its parameters, as a check of the target `path`."""
        return ()

    def lint_files(self, artifacts: Artifacts) -> "Iterable[LintWarning]":
        """Warnings about the files at its `schema_paths`."""
        return ()

    def explain_triviality(self) -> str | None:
        """Why every file passes, whatever it contains; None if some would fail, or if that is unknown."""
        return None

    def accepts_text(self, text: str, path: str) -> bool:
        """Whether a target with this text passes; False if that is unknown, as it depends on other files too."""
        return self.explain_triviality() is not None


@dataclass(frozen=True)
class TextRule(Rule):
    """A rule that is a pure function of the target's text."""

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        try:
            return artifacts.judge_text(path, lambda text: self.evaluate_text(text, path))
        except (NotText, TooLargeToParse) as error:  # rules that forbid something fail too
            return Outcome(False, str(error), self.evaluate_text("", path).measured)

    @override
    def accepts_text(self, text: str, path: str) -> bool:
        return self.evaluate_text(text, path).holds

    @abstractmethod
    def evaluate_text(self, text: str, path: str) -> Outcome:
        """Whether `text`, the content of `path`, meets the rule."""
