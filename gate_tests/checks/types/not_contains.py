"""`not_contains`: a string does not occur."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from gate_tests.checks.mutations import Mutation, added
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.contract import Validation


@dataclass(frozen=True)
class NotContains(TextRule):
    """`pattern`, a plain string, is no substring of the file."""

    type: ClassVar[str] = "not_contains"
    keys: ClassVar[Mapping[str, Any]] = {
        "target": {"$ref": "#/definitions/path"},
        "pattern": {"type": "string", "minLength": 1, "description": "The string that must not occur."},
        "configurable": {"type": "boolean", "description": "A note to people; not interpreted."},
    }
    required: ClassVar[tuple[str, ...]] = ("target", "pattern")
    summary: ClassVar[str] = "the string does not occur"
    mend: ClassVar[str] = "Finish or take out what this text stands for, at every place where it occurs."
    measures: ClassVar[Mapping[str, str]] = {"pattern": "the string", "found": "whether it occurs"}
    example: ClassVar[Mapping[str, Any]] = {
        "type": "not_contains",
        "target": "{artifact_path}/draft.md",
        "pattern": "[TODO]",
    }

    pattern: str

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Replaces the variables in the pattern."""
        return cls(scope.text(validation.keys["pattern"], validation, "pattern"))

    def wanted(self) -> str:
        """What must be so."""
        return f"no {self.pattern!r}"

    def judge(self, text: str, path: str) -> Outcome:
        """Names the line on which it stands first."""
        offset = text.find(self.pattern)
        measured = {"pattern": self.pattern, "found": offset >= 0}
        if offset < 0:
            return Outcome(True, "none", measured)
        line, count = text.count("\n", 0, offset) + 1, text.count(self.pattern)
        more = f" and {count - 1} more" if count > 1 else ""
        return Outcome(False, f"{self.pattern!r} on line {line}{more}", measured)

    def mutations(self, text: str, path: str) -> Iterator[Mutation]:
        """The string put in."""
        yield Mutation(f"with {self.pattern!r} put in", added(text, self.pattern))
