"""Compiled regexes with JavaScript semantics and a time limit."""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cache

import regex

from gate_tests.js_regex.nodes import BadRegex
from gate_tests.js_regex.parser import Parsed, from_utf16, parse, parse_schema_regex, to_utf16
from gate_tests.js_regex.translate import translate


class TooSlow(Exception):
    """The regex exceeded its time limit."""


@dataclass(frozen=True)
class Pattern:
    """A compiled regex and its source. `by_code_point` as in `Parsed`."""

    source: str
    compiled: "regex.Pattern[str]"
    by_code_point: bool

    def starts(self, text: str, limit_s: float) -> Iterator[int]:
        """The offset in `encode(text)` of each match that `text.matchAll` would give. Raises TooSlow."""
        return (start for start, _ in self._spans(self.encode(text), limit_s))

    def matches(self, text: str, limit_s: float) -> Iterator[str]:
        """The text of each match; a lone surrogate is U+FFFD. Raises TooSlow."""
        text = self.encode(text)
        return (from_utf16(text[start:end]) for start, end in self._spans(text, limit_s))

    def encode(self, text: str) -> str:
        """The text as the regex is matched against it."""
        return text if self.by_code_point else to_utf16(text)

    def _spans(self, encoded: str, limit_s: float) -> Iterator[tuple[int, int]]:
        deadline = time.monotonic() + limit_s
        position: int | None = 0
        while position is not None and position <= len(encoded):
            position = yield from self._spans_from(encoded, position, deadline)

    def _spans_from(self, text: str, position: int, deadline: float) -> Generator[tuple[int, int], None, int | None]:
        """Yield spans; return the offset to restart from where JavaScript advances differently after an empty match."""
        left_s, empty_at = deadline - time.monotonic(), -1
        if left_s <= 0:
            raise TooSlow
        try:
            for match in self.compiled.finditer(text, position, timeout=left_s):
                start, end = match.span()
                if time.monotonic() > deadline:
                    raise TooSlow
                if start == empty_at:
                    return start + 1
                empty_at = start if start == end else -1
                yield start, end
        except TimeoutError:
            raise TooSlow from None
        return None


@cache
def compile_pattern(source: str) -> Pattern:
    """Compile a regex. Raises BadRegex."""
    return _compile(source, parse(source))


@cache
def compile_schema_pattern(source: str) -> Pattern:
    """Compile a regex of a JSON Schema. Raises BadRegex."""
    return _compile(source, parse_schema_regex(source))


def _compile(source: str, parsed: Parsed) -> Pattern:
    try:
        compiled = regex.compile(translate(parsed.tree), regex.VERSION0)
    except (regex.error, RecursionError, OverflowError, MemoryError) as error:
        raise BadRegex(f"not supported: {error}") from None
    return Pattern(source, compiled, parsed.by_code_point)
