"""`regex_match`: a regex matches, or must not match."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Self

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.match_lines import MatchLines
from gate_tests.checks.mutations import Mutation, append_line
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.regex_rule import FLAGS_SCHEMA, REGEX, RegexRule, bind_pattern
from gate_tests.checks.rule import Scope
from gate_tests.checks.strictness import Difference, incomparable, replaced
from gate_tests.contract import Validation
from gate_tests.js_regex.pattern import TooSlow
from gate_tests.js_regex.samples import generate_matches
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class RegexMatch(RegexRule):
    """The regex matches somewhere in the file or, with `must_not_match`, nowhere."""

    must_not_match: bool

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Compiles the regex, its variables replaced."""
        must_not_match = validation.keys.get("must_not_match", False)
        return cls(bind_pattern(validation, scope), scope.limits.regex_s, must_not_match)

    @override
    def describe(self) -> str:
        return f"{'no' if self.must_not_match else 'a'} match of {self.pattern}"

    @override
    def explain_triviality(self) -> str | None:
        if self.must_not_match or not _matches_everywhere(self.pattern.source, self.pattern.flags):
            return None
        return "the regex matches the empty text, and so every file"

    @override
    def evaluate_matches(self, text: str, matches: MatchLines) -> Outcome:
        if self.must_not_match:
            return self._forbid(text, matches)
        self.add_matches(text, matches, 1)
        found = f"a match on line {matches.lines[0]}" if matches.count else str(matches)
        return Outcome(matches.count > 0, found, self.measure(matches.count))

    def _forbid(self, text: str, matches: MatchLines) -> Outcome:
        """After a timeout, the matches so far are enough to fail."""
        found = ""
        try:
            self.add_matches(text, matches)
        except TooSlow:
            if not matches.count:
                raise
            found = "at least "
        return Outcome(not matches.count, f"{found}{matches}", self.measure(matches.count))

    @override
    def measure(self, count: int | None) -> Mapping[str, Any]:
        matched = None if count is None else count > 0
        return {"regex": self.pattern.source, "must_not_match": self.must_not_match, "matched": matched}

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        for specimen in generate_matches(self.pattern, self.limit_s) if self.must_not_match else ():
            yield Mutation(f"with {specimen!r} inserted", append_line(text, specimen))


@cache
def _matches_everywhere(regex: str, flags: str) -> bool:
    from gate_tests.js_regex.lint import matches_everywhere

    return matches_everywhere(regex, flags)


def _compare_negation(before: bool | None, after: bool | None) -> Iterator[Difference]:
    """What failed before passes after."""
    yield from replaced(bool(before), bool(after))


CHECK_TYPE: Final = CheckType(
    name="regex_match",
    summary="the regex matches, or with `must_not_match` does not match",
    keys={
        "target": {"$ref": "#/definitions/path"},
        "regex": REGEX,
        "must_not_match": {"type": "boolean", "default": False, "description": "Fail if the regex matches."},
        "flags": FLAGS_SCHEMA,
    },
    required=("target", "regex"),
    measures={
        "regex": "the regex, with variables replaced",
        "must_not_match": "whether a match was forbidden",
        "matched": "whether it matched; null if the regex timed out",
    },
    example={
        "type": "regex_match",
        "target": "{artifact_path}/VIZ-TECH-DECISIONS.md",
        "regex": "Tier [1-4]",
        "description": "Every visualization has a tier",
    },
    fix=(
        "Change the text until the regex matches, or with `must_not_match` no longer matches. `^` and `$` match at "
        "the start and end of a line."
    ),
    bind=RegexMatch.bind,
    strictness={"regex": incomparable(), "flags": incomparable(""), "must_not_match": _compare_negation},
    evidence=Evidence.WORDING,
)
