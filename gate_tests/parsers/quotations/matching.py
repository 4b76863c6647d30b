"""Compares quotations with sources, word for word, once both are normalized.

A quotation matches whole words and numbers. An ellipsis matches anything: the parts around it must occur in one source
in this order.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Final

from gate_tests.parsers.quotations.word_boundaries import is_inside_word

_MAX_PARTIAL_MATCHES: Final = 100
"""After this many occurrences inside other words, a part counts as not found: bounds the time."""
_MAX_FRAGMENTS: Final = 20
"""A quotation with more fragments of a word or two is not found: bounds the time."""
_DOTS: Final = r"(?:[…⋯]++\.?|\.{2,}+|\. \. \.(?: \.)?)"
_ELLIPSIS: Final = rf'[ "]{{0,4}}(?:\( ?{_DOTS} ?\)|{_DOTS})[ "]{{0,4}}'
_SPACED_HYPHEN: Final = r"(?<=[^\W\d_])- (?=[^\W\d_])"


def contains_parts(parts: Iterable[str], source: str) -> bool:
    """Whether a normalized source contains the parts of a quotation one after the other."""
    end = 0
    for part in parts:
        end = _find_part_end(part, source, end)
        if end < 0:
            return False
    return True


def contains_with_ellipses(parts: Sequence[str], source: str) -> bool:
    """Whether a normalized source contains the parts with an ellipsis of its own between them, and nothing else."""
    start = 0
    for _ in range(_MAX_PARTIAL_MATCHES if len(parts) <= _MAX_FRAGMENTS else 0):
        start = source.find(parts[0], start)
        if start < 0:
            break
        end = _follow_parts(parts, source, start)
        if end >= 0 and not (is_inside_word(source, start) or is_inside_word(source, end)):
            return True
        start += 1
    return False


def _follow_parts(parts: Sequence[str], source: str, start: int) -> int:
    """The end offset of the parts, the first of which is at `start`; -1 if others than ellipses are between them."""
    end = start + len(parts[0])
    for part in parts[1:]:
        ellipsis = re.compile(_ELLIPSIS).match(source, end)
        if not ellipsis or not source.startswith(part, ellipsis.end()):
            return -1
        end = ellipsis.end() + len(part)
    return end


def join_spaced_hyphens(parts: Iterable[str]) -> tuple[str, ...]:
    """The parts with `inter- national`, copied from two lines, as one word."""
    return tuple(re.sub(_SPACED_HYPHEN, "-", part) for part in parts)


def contains_tags(tags: Iterable[str], source: str) -> bool:
    """Whether a source, as it is written, contains the tags that a quotation shows: `<T>` in code, `&lt;T>`."""
    return all(any(spelling in source for spelling in _spell_tag(tag)) for tag in tags)


def _spell_tag(tag: str) -> Iterator[str]:
    yield from (tag, escape(tag, quote=False), escape(tag), tag.replace("<", "&lt;"))
    yield from (tag.replace('"', '\\"'), tag.replace("</", "<\\/"), tag.replace(">", "\\>"))


def _find_part_end(part: str, source: str, start: int) -> int:
    """The end offset of the first occurrence of `part` as whole words from `start` on; -1 if there is none."""
    for _ in range(_MAX_PARTIAL_MATCHES):
        found = source.find(part, start)
        if found < 0:
            break
        end = found + len(part)
        if not (is_inside_word(source, found) or is_inside_word(source, end)):
            return end
        start = found + 1
    return -1
