"""`regex_match`: a regex matches, or does not."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from gate_tests.checks.mutations import Mutation, added
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.regex_rule import REGEX, RegexRule, bound_pattern
from gate_tests.checks.rule import Scope
from gate_tests.contract import Validation
from gate_tests.js_regex.samples import generate_matches


@dataclass(frozen=True)
class RegexMatch(RegexRule):
    """The regex matches somewhere in the file, or with `must_not_match` nowhere."""

    type: ClassVar[str] = "regex_match"
    summary: ClassVar[str] = "the regex matches, or with `must_not_match` does not"
    mend: ClassVar[str] = (
        "Change the text until the regex says what is wanted of it. `^` and `$` mean the start and end of a line."
    )
    keys: ClassVar[Mapping[str, Any]] = {
        "target": {"$ref": "#/definitions/path"},
        "regex": REGEX,
        "must_not_match": {"type": "boolean", "default": False, "description": "The regex must match nowhere."},
    }
    measures: ClassVar[Mapping[str, str]] = {
        "regex": "as it was looked for",
        "must_not_match": "whether it was forbidden",
        "matched": "whether it matched; null if it ran too long",
    }
    example: ClassVar[Mapping[str, Any]] = {
        "type": "regex_match",
        "target": "{artifact_path}/VIZ-TECH-DECISIONS.md",
        "regex": "Tier [1-4]",
        "description": "Every visualization has a tier",
    }

    must_not_match: bool

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Compiles the regex."""
        forbidden = validation.keys.get("must_not_match", False)
        return cls(bound_pattern(validation, scope), scope.limits.regex_s, forbidden)

    def wanted(self) -> str:
        """What must be so."""
        return f"{'no' if self.must_not_match else 'a'} match of /{self.pattern.source}/"

    def judge_matches(self, text: str) -> Outcome:
        """Names the line of the first match."""
        line = self.first_line(text)
        found = "no match" if line is None else f"a match on line {line}"
        return Outcome((line is None) is self.must_not_match, found, self.measured(int(line is not None)))

    def measured(self, seen: int | None) -> Mapping[str, Any]:
        """Whether it matched."""
        matched = None if seen is None else seen > 0
        return {"regex": self.pattern.source, "must_not_match": self.must_not_match, "matched": matched}

    def mutations(self, text: str, path: str) -> Iterator[Mutation]:
        """What it forbids, put in."""
        for specimen in generate_matches(self.pattern, self.limit_s) if self.must_not_match else ():
            yield Mutation(f"with {specimen!r} put in", added(text, specimen))
