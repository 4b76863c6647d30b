"""`not_contains`: a file does not contain a string."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.lint import LintWarning, lint_literal
from gate_tests.checks.match_lines import MatchLines
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.checks.strictness import forbidden_text, ignored
from gate_tests.contract import Validation
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class NotContains(TextRule):
    """`pattern`, a plain string, is not a substring of the file."""

    pattern: str

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Replaces the variables in the pattern."""
        return cls(scope.text(validation.keys["pattern"], validation, "pattern"))

    @override
    def describe(self) -> str:
        return f"no {self.pattern!r}"

    @override
    def lint(self, path: str) -> Iterator[LintWarning]:
        return lint_literal(self.pattern)

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        offset = text.find(self.pattern)
        measured = {"pattern": self.pattern, "found": offset >= 0}
        if offset < 0:
            return Outcome(True, "no match", measured)
        matches = MatchLines()
        matches.add(text, _find_starts(self.pattern, text, offset))
        return Outcome(False, str(matches), measured)

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        yield Mutation(f"with {self.pattern!r} inserted", append_line(text, self.pattern))


def _find_starts(pattern: str, text: str, first: int) -> Iterator[int]:
    """The offsets of the occurrences that do not overlap, of which the first is known."""
    start = first
    while start >= 0:
        yield start
        start = text.find(pattern, start + len(pattern))


CHECK_TYPE: Final = CheckType(
    name="not_contains",
    summary="the file does not contain the string",
    keys={
        "target": {"$ref": "#/definitions/path"},
        "pattern": {"type": "string", "minLength": 1, "description": "The string that the file must not contain."},
        "configurable": {"type": "boolean", "description": "A note for people; not interpreted."},
    },
    required=("target", "pattern"),
    measures={"pattern": "the string", "found": "whether it occurs"},
    example={
        "type": "not_contains",
        "target": "{artifact_path}/draft.md",
        "pattern": "[TODO]",
    },
    fix="Complete or remove every place where this text occurs; the reason names the lines.",
    bind=NotContains.bind,
    strictness={"pattern": forbidden_text, "configurable": ignored},
    evidence=Evidence.WORDING,
)
