"""`min_regex_count`: a regex matches at least a number of times."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.match_lines import MatchLines, format_match_count
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.regex_rule import FLAGS_SCHEMA, REGEX, RegexRule, bind_pattern
from gate_tests.checks.rule import Scope
from gate_tests.checks.strictness import incomparable, lower_bound
from gate_tests.checks.thresholds import bind_min_count, count_schema
from gate_tests.contract import Validation
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class MinRegexCount(RegexRule):
    """At least `min_count` non-overlapping matches."""

    min_count: int

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Compiles the regex, its variables replaced. Refuses one that matches the empty text: any file matches it."""
        pattern = bind_pattern(validation, scope)
        if pattern.matches_empty:
            raise scope.make_error(validation, "matches the empty text, so its count means nothing", "regex")
        return cls(pattern, scope.limits.regex_s, bind_min_count(validation, scope))

    @override
    def describe(self) -> str:
        return f"at least {format_match_count(self.min_count)} of {self.pattern}"

    @override
    def explain_triviality(self) -> str | None:
        return "0 matches are enough" if self.min_count == 0 else None

    @override
    def evaluate_matches(self, text: str, matches: MatchLines) -> Outcome:
        self.add_matches(text, matches)
        return Outcome(matches.count >= self.min_count, str(matches), self.measure(matches.count))

    @override
    def measure(self, count: int | None) -> Mapping[str, Any]:
        return {"regex": self.pattern.source, "min_count": self.min_count, "actual_count": count}


CHECK_TYPE: Final = CheckType(
    name="min_regex_count",
    summary="the regex matches at least `min_count` times",
    keys={
        "target": {"$ref": "#/definitions/path"},
        "regex": REGEX,
        "min_count": count_schema("Minimum number of matches", default=1),
        "flags": FLAGS_SCHEMA,
    },
    required=("target", "regex"),
    measures={
        "regex": "the regex, with variables replaced",
        "min_count": "minimum number of matches at the run's depth",
        "actual_count": "number of matches; null if the regex timed out",
    },
    example={
        "type": "min_regex_count",
        "target": "{artifact_path}/images.ts",
        "regex": "https://images\\.example\\.org/essays/",
        "min_count": 5,
        "description": "Five images or more",
    },
    fix="Add what the regex counts until there are enough matches.",
    bind=MinRegexCount.bind,
    strictness={"regex": incomparable(), "flags": incomparable(""), "min_count": lower_bound(1)},
)
