"""Compiled regexes with JavaScript semantics and a time limit."""

import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from gate_tests.files.memory import is_limited_by_system
from gate_tests.js_regex.nodes import BadRegex, count_parts, matches_empty_text
from gate_tests.js_regex.parser import Parsed, from_utf16, parse, parse_schema_regex, to_utf16
from gate_tests.js_regex.translate import translate

if TYPE_CHECKING:
    import regex

_MAX_KEPT_PARTS: Final = 100_000
"""Of the regexes that are kept compiled, see `count_parts`."""


class TooSlow(Exception):
    """The regex exceeded its time limit."""


@dataclass(frozen=True)
class Pattern:
    """A regex that is compiled when it is first matched: that takes memory, and so is left to the judging process.

    `translated` is the same for the library `regex`, `parts` its size as of `count_parts`. `by_code_point` as in
    `Parsed`. `matches_empty`: whether it matches in a text without characters. `flags`: those of FLAGS that it has.
    """

    source: str
    translated: str
    by_code_point: bool
    parts: int
    matches_empty: bool
    flags: str = ""

    def __str__(self) -> str:
        return f"/{self.source}/{self.flags}"

    @property
    def compiled(self) -> "regex.Pattern[str]":
        """Compiled. Raises BadRegex."""
        return _COMPILED.compile(self.translated, self.parts)

    def starts(self, text: str, limit_s: float) -> Iterator[int]:
        """The offset in `encode(text)` of each match that `text.matchAll` would give. Raises TooSlow."""
        return self.starts_in(self.encode(text), limit_s)

    def starts_in(self, encoded: str, limit_s: float) -> Iterator[int]:
        """The same offsets; `encoded` is what `encode` gave. Raises TooSlow."""
        return (start for start, _ in self._spans(encoded, limit_s))

    def matches(self, text: str, limit_s: float) -> Iterator[str]:
        """The text of each match; a lone surrogate is U+FFFD. Raises TooSlow."""
        return (match for _, match in self.matches_in(self.encode(text), limit_s))

    def matches_in(self, encoded: str, limit_s: float) -> Iterator[tuple[int, str]]:
        """The offset and the text of each match; `encoded` is what `encode` gave. Raises TooSlow."""
        return ((start, from_utf16(encoded[start:end])) for start, end in self._spans(encoded, limit_s))

    def encode(self, text: str) -> str:
        """The text as the regex is matched against it."""
        return text if self.by_code_point else to_utf16(text)

    def _spans(self, encoded: str, limit_s: float) -> Iterator[tuple[int, int]]:
        compiled = self.compiled
        deadline = time.monotonic() + limit_s
        position: int | None = 0
        while position is not None and position <= len(encoded):
            position = yield from _find_spans(compiled, encoded, position, deadline)


def _find_spans(
    compiled: "regex.Pattern[str]", text: str, position: int, deadline: float
) -> Generator[tuple[int, int], None, int | None]:
    """Yield spans; return the offset to restart from where JavaScript advances differently after an empty match."""
    left_s, empty_at = deadline - time.monotonic(), -1
    if left_s <= 0:
        raise TooSlow
    try:
        for match in compiled.finditer(text, position, timeout=left_s):
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


class _CompiledRegexes:
    """The regexes that were compiled last, as many as do not take much memory."""

    def __init__(self) -> None:
        self._kept: dict[str, regex.Pattern[str]] = {}
        self._parts = 0

    def compile(self, translated: str, parts: int) -> "regex.Pattern[str]":
        """Compile a regex. Raises BadRegex."""
        if kept := self._kept.get(translated):
            return kept
        if self._parts + parts > _MAX_KEPT_PARTS:
            self._kept, self._parts = {}, 0
        compiled = _compile(translated)
        if parts <= _MAX_KEPT_PARTS:
            self._kept[translated] = compiled
            self._parts += parts
        return compiled


_COMPILED: Final = _CompiledRegexes()


def _compile(translated: str) -> "regex.Pattern[str]":
    import regex  # takes 10 ms, and only matching needs it

    try:
        return regex.compile(translated, regex.VERSION0, cache_pattern=False)
    except MemoryError:
        if is_limited_by_system():
            raise
        reason = "it takes too much memory to be compiled"
    except (regex.error, RecursionError, OverflowError) as error:
        reason = f"not supported: {error}"
    raise BadRegex(reason)


@cache
def compile_pattern(source: str, flags: str = "") -> Pattern:
    """A regex with some of FLAGS, parsed and translated. Raises BadRegex."""
    return _translate(source, parse(source, flags), flags)


@cache
def compile_schema_pattern(source: str) -> Pattern:
    """A regex of a JSON Schema, parsed and translated. Raises BadRegex."""
    return _translate(source, parse_schema_regex(source))


def _translate(source: str, parsed: Parsed, flags: str = "") -> Pattern:
    tree = parsed.tree
    return Pattern(source, translate(tree), parsed.by_code_point, count_parts(tree), matches_empty_text(tree), flags)
