"""`min_regex_count`: a regex matches at least so many times."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.regex_rule import REGEX, RegexRule, bound_pattern, told_count
from gate_tests.checks.rule import Scope
from gate_tests.contract import Validation


@dataclass(frozen=True)
class MinRegexCount(RegexRule):
    """At least `min_count` matches, counted one after the other without overlap."""

    type: ClassVar[str] = "min_regex_count"
    summary: ClassVar[str] = "the regex matches at least `min_count` times"
    mend: ClassVar[str] = "Add what the regex counts, until there is enough of it."
    keys: ClassVar[Mapping[str, Any]] = {
        "target": {"$ref": "#/definitions/path"},
        "regex": REGEX,
        "min_count": {"type": "integer", "minimum": 0, "default": 1, "description": "The least number of matches."},
    }
    measures: ClassVar[Mapping[str, str]] = {
        "regex": "as it was looked for",
        "min_count": "how many there must be",
        "actual_count": "how many there are; null if it ran too long",
    }
    example: ClassVar[Mapping[str, Any]] = {
        "type": "min_regex_count",
        "target": "{artifact_path}/images.ts",
        "regex": "https://images\\.example\\.org/essays/",
        "min_count": 5,
        "description": "Five images or more",
    }

    min_count: int

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Compiles the regex; one that is met by an empty file counts nothing."""
        pattern = bound_pattern(validation, scope)
        if next(pattern.starts("", scope.limits.regex_s), None) is not None:
            raise scope.refuse(validation, "matches the empty text, so its matches say nothing", "regex")
        return cls(pattern, scope.limits.regex_s, validation.keys.get("min_count", 1))

    def wanted(self) -> str:
        """What must be so."""
        return f"at least {told_count(self.min_count)} of /{self.pattern.source}/"

    def judge_matches(self, text: str) -> Outcome:
        """Counts."""
        count = self.count(text)
        return Outcome(count >= self.min_count, told_count(count), self.measured(count))

    def measured(self, seen: int | None) -> Mapping[str, Any]:
        """How many there are."""
        return {"regex": self.pattern.source, "min_count": self.min_count, "actual_count": seen}
