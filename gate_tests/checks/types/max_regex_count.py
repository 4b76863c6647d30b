"""`max_regex_count`: a regex matches at most so many times."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from gate_tests.checks.mutations import Mutation, added
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.regex_rule import REGEX, RegexRule, bound_pattern, told_count
from gate_tests.checks.rule import Scope
from gate_tests.contract import Validation
from gate_tests.js_regex.samples import generate_matches


@dataclass(frozen=True)
class MaxRegexCount(RegexRule):
    """At most `max_count` matches, counted one after the other without overlap."""

    type: ClassVar[str] = "max_regex_count"
    summary: ClassVar[str] = "the regex matches at most `max_count` times"
    mend: ClassVar[str] = "Take out or rewrite what the regex counts, until there is no more of it than allowed."
    keys: ClassVar[Mapping[str, Any]] = {
        "target": {"$ref": "#/definitions/path"},
        "regex": REGEX,
        "max_count": {"type": "integer", "minimum": 0, "description": "The greatest number of matches."},
    }
    required: ClassVar[tuple[str, ...]] = ("target", "regex", "max_count")
    measures: ClassVar[Mapping[str, str]] = {
        "regex": "as it was looked for",
        "max_count": "how many there may be",
        "actual_count": "how many there are; null if it ran too long",
    }
    example: ClassVar[Mapping[str, Any]] = {
        "type": "max_regex_count",
        "target": "{artifact_path}/essay.md",
        "regex": "\\bvery\\b",
        "max_count": 3,
        "description": "The word is used sparingly",
    }

    max_count: int

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Compiles the regex."""
        pattern = bound_pattern(validation, scope)
        return cls(pattern, scope.limits.regex_s, validation.keys["max_count"])

    def wanted(self) -> str:
        """What must be so."""
        return f"at most {told_count(self.max_count)} of /{self.pattern.source}/"

    def judge_matches(self, text: str) -> Outcome:
        """Counts."""
        count = self.count(text)
        return Outcome(count <= self.max_count, told_count(count), self.measured(count))

    def measured(self, seen: int | None) -> Mapping[str, Any]:
        """How many there are."""
        return {"regex": self.pattern.source, "max_count": self.max_count, "actual_count": seen}

    def mutations(self, text: str, path: str) -> Iterator[Mutation]:
        """What it counts, once more than may be."""
        for specimen in generate_matches(self.pattern, self.limit_s):
            lines = "\n".join([specimen] * (self.max_count + 1))
            yield Mutation(f"with {specimen!r} put in {self.max_count + 1} times", added(text, lines))
