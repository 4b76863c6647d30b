"""`max_regex_count`: a regex matches at most a number of times."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.match_lines import MatchLines, format_match_count
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.regex_rule import FLAGS_SCHEMA, REGEX, RegexRule, bind_pattern
from gate_tests.checks.rule import Scope
from gate_tests.checks.strictness import incomparable, upper_bound
from gate_tests.contract import Validation
from gate_tests.js_regex.samples import generate_matches
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class MaxRegexCount(RegexRule):
    """At most `max_count` non-overlapping matches."""

    max_count: int

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Compiles the regex, its variables replaced."""
        pattern = bind_pattern(validation, scope)
        return cls(pattern, scope.limits.regex_s, validation.keys["max_count"])

    @override
    def describe(self) -> str:
        quantity = f"at most {format_match_count(self.max_count)}" if self.max_count else "no match"
        return f"{quantity} of {self.pattern}"

    @override
    def evaluate_matches(self, text: str, matches: MatchLines) -> Outcome:
        self.add_matches(text, matches)
        return Outcome(matches.count <= self.max_count, str(matches), self.measure(matches.count))

    @override
    def measure(self, count: int | None) -> Mapping[str, Any]:
        return {"regex": self.pattern.source, "max_count": self.max_count, "actual_count": count}

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        for specimen in generate_matches(self.pattern, self.limit_s):
            lines = "\n".join([specimen] * (self.max_count + 1))
            yield Mutation(f"with {specimen!r} inserted {self.max_count + 1} times", append_line(text, lines))


CHECK_TYPE: Final = CheckType(
    name="max_regex_count",
    summary="the regex matches at most `max_count` times",
    keys={
        "target": {"$ref": "#/definitions/path"},
        "regex": REGEX,
        "max_count": {"type": "integer", "minimum": 0, "description": "Maximum number of matches."},
        "flags": FLAGS_SCHEMA,
    },
    required=("target", "regex", "max_count"),
    measures={
        "regex": "the regex, with variables replaced",
        "max_count": "maximum number of matches",
        "actual_count": "number of matches; null if the regex timed out",
    },
    example={
        "type": "max_regex_count",
        "target": "{artifact_path}/essay.md",
        "regex": "\\bvery\\b",
        "max_count": 3,
        "description": "The word is used sparingly",
    },
    fix="Remove or rewrite matches until at most the allowed number is left; the reason names their lines.",
    bind=MaxRegexCount.bind,
    strictness={"regex": incomparable(), "flags": incomparable(""), "max_count": upper_bound()},
)
