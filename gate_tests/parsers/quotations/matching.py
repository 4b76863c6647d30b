"""Compares quotations with sources, word for word, once both are normalized.

A quotation matches whole words and numbers. An ellipsis matches anything: the parts around it must occur in one source
in this order.
"""

from collections.abc import Iterable, Iterator
from html import escape
from typing import Final

from gate_tests.parsers.quotations.word_boundaries import is_inside_word

_MAX_PARTIAL_MATCHES: Final = 100
"""After so many occurrences inside other words, a part counts as not found: bounds the time."""


def contains_parts(parts: Iterable[str], source: str) -> bool:
    """Whether a normalized source contains the parts of a quotation one after the other."""
    end = 0
    for part in parts:
        end = _find_part_end(part, source, end)
        if end < 0:
            return False
    return True


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
