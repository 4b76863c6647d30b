"""A regex ready for use: JavaScript's meaning, and a limit to its time."""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cache

import regex

from gate_tests.js_regex.nodes import BadRegex
from gate_tests.js_regex.parser import Parsed, from_utf16, parse, parse_of_schema, utf16
from gate_tests.js_regex.translate import translate


class TooSlow(Exception):
    """The regex ran longer than it may."""


@dataclass(frozen=True)
class Pattern:
    """A regex as written, and compiled. `by_code_point` as in `Parsed`."""

    source: str
    compiled: "regex.Pattern[str]"
    by_code_point: bool

    def starts(self, text: str, limit_s: float) -> Iterator[int]:
        """Where each match begins that `text.matchAll` would give, in `seen(text)`. Raises TooSlow."""
        return (start for start, _ in self._spans(self.seen(text), limit_s))

    def matches(self, text: str, limit_s: float) -> Iterator[str]:
        """What each of them matches as a whole; half of a character is U+FFFD. Raises TooSlow."""
        text = self.seen(text)
        return (from_utf16(text[start:end]) for start, end in self._spans(text, limit_s))

    def seen(self, text: str) -> str:
        """The text as the regex sees it."""
        return text if self.by_code_point else utf16(text)

    def _spans(self, seen: str, limit_s: float) -> Iterator[tuple[int, int]]:
        deadline = time.monotonic() + limit_s
        position: int | None = 0
        while position is not None and position <= len(seen):
            position = yield from self._spans_from(seen, position, deadline)

    def _spans_from(self, text: str, position: int, deadline: float) -> Generator[tuple[int, int], None, int | None]:
        """Gives where to go on, if the library goes on otherwise than JavaScript: after an empty match at its place."""
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
def pattern(source: str) -> Pattern:
    """The compiled regex. Raises BadRegex."""
    return _compiled(source, parse(source))


@cache
def pattern_of_schema(source: str) -> Pattern:
    """The same for a regex in a JSON Schema. Raises BadRegex."""
    return _compiled(source, parse_of_schema(source))


def _compiled(source: str, parsed: Parsed) -> Pattern:
    try:
        compiled = regex.compile(translate(parsed.tree), regex.VERSION0)
    except (regex.error, RecursionError, OverflowError, MemoryError) as error:
        raise BadRegex(f"not supported: {error}") from None
    return Pattern(source, compiled, parsed.by_code_point)
