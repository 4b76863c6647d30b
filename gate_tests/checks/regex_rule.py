"""What rules about the matches of a regex have in common."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from gate_tests.checks.lint import LintWarning
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.contract import Validation
from gate_tests.js_regex.nodes import BadRegex
from gate_tests.js_regex.pattern import Pattern, TooSlow, compile_pattern
from gate_tests.typing_compat import override

REGEX: Final[Mapping[str, Any]] = {
    "type": "string",
    "minLength": 1,
    "description": "In JavaScript's syntax, with its flags `gm`, and `u` where `\\u{…}` occurs. At most 100,000 "
    "characters, and 1,000,000 parts: a character is one, what is repeated counts as often as it must match, "
    "and once more where it may.",
}


@dataclass(frozen=True)
class RegexRule(TextRule):
    """A rule about the matches of one regex, which may be searched for `limit_s` seconds. Fails when that is over."""

    pattern: Pattern
    limit_s: float

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        try:
            return self.evaluate_matches(text)
        except TooSlow:
            found = f"the regex ran longer than {self.limit_s:g} s, its limit (limits.regex_s)"
            return Outcome(False, found, self.measure(None))
        except BadRegex as error:
            return Outcome(False, f"a regex that cannot be used: {error}", self.measure(None))

    @abstractmethod
    def evaluate_matches(self, text: str) -> Outcome:
        """Whether the matches in `text` meet the rule. Raises TooSlow."""

    @abstractmethod
    def measure(self, count: int | None) -> Mapping[str, Any]:
        """The recorded keys for this many matches; None: the regex ran too long."""

    def count_matches(self, text: str) -> int:
        """The number of matches. Raises TooSlow."""
        return sum(1 for _ in self.pattern.starts(text, self.limit_s))

    def find_first_line(self, text: str) -> int | None:
        """The line on which the first match begins; None if there is no match. Raises TooSlow."""
        start = next(self.pattern.starts(text, self.limit_s), None)
        return None if start is None else self.pattern.encode(text).count("\n", 0, start) + 1

    @override
    def lint(self, path: str) -> Iterable[LintWarning]:
        return lint_regex(self.pattern, "regex")


def bind_pattern(validation: Validation, scope: Scope, key: str = "regex") -> Pattern:
    """The compiled regex at `key`, its variables replaced. Raises InvalidFile."""
    source = scope.regex(validation.keys[key], validation, key)
    if not source:
        raise scope.make_error(validation, "is empty in this run, and so matches everywhere", key)
    try:
        return compile_pattern(source)
    except BadRegex as error:
        raise scope.make_error(validation, f"bad regex: {error}", key) from None


def format_match_count(count: int) -> str:
    """`1 match`, `2 matches`."""
    return "1 match" if count == 1 else f"{count} matches"


def lint_regex(regex: Pattern, key: str) -> Iterator[LintWarning]:
    """Warnings about the regex at `key`: it can never match, sees halves of characters, or is slow."""
    return (warning._replace(keys=(key,)) for warning in _lint_regex(regex.source))


@cache
def _lint_regex(source: str) -> tuple[LintWarning, ...]:
    """Cached: it runs the regex, and each depth of a contract has the same one."""
    from gate_tests.js_regex.lint import explain_half_characters, explain_no_match, explain_slowness

    if never := explain_no_match(source):
        return (LintWarning("matches-nothing", (), f"the regex can match in no text: {never}"),)
    halves, slow = explain_half_characters(source), explain_slowness(source)
    return (
        *([LintWarning("half-characters", (), f"the regex: {halves}")] if halves else ()),
        *([LintWarning("slow-regex", (), f"the regex: {slow}")] if slow else ()),
    )
