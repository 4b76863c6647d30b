"""What the rules have in common that look for a regex in a file."""

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.contract import Validation
from gate_tests.js_regex.nodes import BadRegex
from gate_tests.js_regex.pattern import Pattern, TooSlow, compile_pattern

REGEX: Mapping[str, Any] = {
    "type": "string",
    "minLength": 1,
    "description": "In JavaScript's syntax, with its flags `gm`, and `u` where `\\u{…}` occurs.",
}


@dataclass(frozen=True)
class RegexRule(TextRule):
    """A rule about the matches of one regex; `limit_s` is how long it may look for them."""

    required: ClassVar[tuple[str, ...]] = ("target", "regex")

    pattern: Pattern
    limit_s: float

    def judge(self, text: str, path: str) -> Outcome:
        """A regex that runs longer than it may fails, whatever is wanted of it."""
        try:
            return self.judge_matches(text)
        except TooSlow:
            found = f"the regex ran longer than {self.limit_s:g} s, its limit (limits.regex_s)"
            return Outcome(False, found, self.measured(None))

    @abstractmethod
    def judge_matches(self, text: str) -> Outcome:
        """Whether the rule holds for the matches in `text`. Raises TooSlow."""

    @abstractmethod
    def measured(self, seen: int | None) -> Mapping[str, Any]:
        """The recorded keys, if so much was seen; None: it is not known."""

    def count(self, text: str) -> int:
        """How many matches there are. Raises TooSlow."""
        return sum(1 for _ in self.pattern.starts(text, self.limit_s))

    def first_line(self, text: str) -> int | None:
        """The line on which the first match begins; None: there is none. Raises TooSlow."""
        start = next(self.pattern.starts(text, self.limit_s), None)
        return None if start is None else self.pattern.encode(text).count("\n", 0, start) + 1


def bound_pattern(validation: Validation, scope: Scope, key: str = "regex") -> Pattern:
    """The regex at `key` with its variables replaced, compiled. Raises InvalidFile."""
    source = scope.regex(validation.keys[key], validation, key)
    if not source:
        raise scope.refuse(validation, "is empty in this run, and so matches everywhere", key)
    try:
        return compile_pattern(source)
    except BadRegex as problem:
        raise scope.refuse(validation, f"bad regex: {problem}", key) from None


def told_count(count: int) -> str:
    """In words, how many matches."""
    return "1 match" if count == 1 else f"{count} matches"
