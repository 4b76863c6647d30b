"""What rules about the matches of a regex have in common."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final

from gate_tests.checks.lint import LintWarning
from gate_tests.checks.match_lines import MatchLines
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.contract import Validation
from gate_tests.js_regex.nodes import BadRegex
from gate_tests.js_regex.parser import FLAGS
from gate_tests.js_regex.pattern import Pattern, TooSlow, compile_pattern
from gate_tests.typing_compat import override

REGEX: Final[Mapping[str, Any]] = {
    "type": "string",
    "minLength": 1,
    "description": "A regex in JavaScript's syntax, with the flags `gm`, and `u` where `\\u{…}` occurs. At most "
    "100,000 characters and, with repetitions written out, 1,000,000 parts.",
}


FLAGS_SCHEMA: Final[Mapping[str, Any]] = {
    "type": "string",
    "description": "JavaScript flags: `i` ignores case, `s` lets `.` match line ends.",
    "examples": ["i", "s", "is"],
}


@dataclass(frozen=True)
class RegexRule(TextRule):
    """A rule about the matches of one regex, which may be searched for `limit_s` seconds. Fails when that is over."""

    pattern: Pattern
    limit_s: float

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        matches = MatchLines()
        try:
            return self.evaluate_matches(text, matches)
        except TooSlow:
            found = f"the regex timed out after {self.limit_s:g} s (limits.regex_s)"
            found += f", with {matches} so far" if matches.count else ""
            return Outcome(False, found, self.measure(None))
        except BadRegex as error:
            return Outcome(False, f"an invalid regex: {error}", self.measure(None))

    @abstractmethod
    def evaluate_matches(self, text: str, matches: MatchLines) -> Outcome:
        """Whether the matches in `text`, which are added to `matches`, meet the rule. Raises TooSlow."""

    @abstractmethod
    def measure(self, count: int | None) -> Mapping[str, Any]:
        """The recorded keys for this many matches; None: the regex ran too long."""

    def add_matches(self, text: str, matches: MatchLines, most: int | None = None) -> None:
        """Add the matches in `text` to `matches`, the first `most` of them. Raises TooSlow."""
        encoded = self.pattern.encode(text)
        matches.add(encoded, islice(self.pattern.starts_in(encoded, self.limit_s), most))

    @override
    def lint(self, path: str) -> Iterable[LintWarning]:
        return lint_regex(self.pattern, "regex")


def bind_pattern(validation: Validation, scope: Scope, key: str = "regex") -> Pattern:
    """The compiled regex at `key` with the flags at `flags`, its variables replaced. Raises InvalidFile."""
    source = scope.regex(validation.keys[key], validation, key)
    if not source:
        raise scope.make_error(validation, "is empty in this run and matches everywhere", key)
    try:
        return compile_pattern(source, _read_flags(validation, scope))
    except BadRegex as error:
        raise scope.make_error(validation, f"invalid regex: {error}", key) from None


def _read_flags(validation: Validation, scope: Scope) -> str:
    flags: str = validation.keys.get("flags", "")
    unknown = next((flag for flag in flags if flag not in FLAGS), None)
    if unknown:
        always = "; g and m are always on, u where \\u{…} occurs"
        raise scope.make_error(validation, f"unknown flag {unknown!r} (known: {', '.join(FLAGS)}{always})", "flags")
    if twice := next((flag for flag in flags if flags.count(flag) > 1), None):
        raise scope.make_error(validation, f"duplicate flag {twice!r}", "flags")
    return flags


def lint_regex(regex: Pattern, key: str) -> Iterator[LintWarning]:
    """Warnings about the regex at `key`: it can never match, sees halves of characters, or is slow."""
    return (warning._replace(keys=(key,)) for warning in _lint_regex(regex.source, regex.flags, key))


@cache
def _lint_regex(source: str, flags: str, key: str) -> tuple[LintWarning, ...]:
    """Cached: it runs the regex, and each depth of a contract has the same one."""
    from gate_tests.js_regex.lint import explain_half_characters, explain_literal, explain_no_match, explain_slowness

    if literal := explain_literal(source, flags, key):
        return (LintWarning("matches-nothing", (), f"the regex {literal}"),)
    if never := explain_no_match(source, flags):
        return (LintWarning("matches-nothing", (), f"the regex can never match: {never}"),)
    halves, slow = explain_half_characters(source, flags), explain_slowness(source, flags)
    return (
        *([LintWarning("half-characters", (), f"the regex has {halves}")] if halves else ()),
        *([LintWarning("slow-regex", (), f"the regex {slow}")] if slow else ()),
    )
