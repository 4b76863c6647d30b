"""Compares quotations with sources, word for word.

Both are normalized first: runs of white space become one space, entities such as `&nbsp;` are decoded, typographic
quotation marks and apostrophes become straight ones, `*`, `_`, `` ` `` and the `>` of block quotes are removed. A full
stop or comma at the very end of a quotation is ignored. A quotation matches whole words: "true that" is not in "untrue
that". An ellipsis (`…`, `...`, in brackets or not) matches anything: the parts around it must occur in one source in
this order, and have three words on average, for anything can be composed of single words.
"""

import re
from collections.abc import Iterable
from typing import Final

LIST_PREFIX: Final = r"(?:[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t])*+"
"""What may precede a block quote in a list."""
BLOCK_QUOTE_PREFIX: Final = re.compile(rf"^(?:{LIST_PREFIX}>[ \t]?)++", re.MULTILINE)
ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MAX_PARTIAL_MATCHES: Final = 100
"""After so many occurrences inside other words, a part counts as not found: bounds the time."""

_STRAIGHT: Final = {'"': "“”„‟«»″「」『』", "'": "‘’‚‛‹›′", "": "*_`"}
_SPACES: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
)
_MORE_SPACES: Final = "\u2028\u2029\u202f\u205f\u3000"


def normalize_wording(text: str) -> str:
    """Normalize a quotation or source for comparison."""
    if "&" in text:
        text = ENTITY.sub(decode_entity, text)
    if ">" in text:
        text = BLOCK_QUOTE_PREFIX.sub("", text)
    for straight, marks in _STRAIGHT.items():
        for mark in marks:
            text = text.replace(mark, straight)
    for space in _SPACES + _MORE_SPACES:
        text = text.replace(space, " ")
    while "  " in text:  # halves each time; splitting into words would take far more memory
        text = text.replace("  ", " ")
    return text


def decode_entity(entity: re.Match[str]) -> str:
    """Decode an HTML entity such as `&nbsp;`."""
    from html import unescape  # imported only if needed

    return unescape(entity[0])


def contains_parts(parts: Iterable[str], source: str) -> bool:
    """Whether a normalized source contains the parts of a quotation one after the other."""
    end = 0
    for part in parts:
        end = _find_part_end(part, source, end)
        if end < 0:
            return False
    return True


def _find_part_end(part: str, source: str, start: int) -> int:
    """The end offset of the first occurrence of `part` as whole words from `start` on; -1 if there is none."""
    for _ in range(_MAX_PARTIAL_MATCHES):
        found = source.find(part, start)
        if found < 0:
            break
        end = found + len(part)
        if not (_is_inside_word(source, found) or _is_inside_word(source, end)):
            return end
        start = found + 1
    return -1


def _is_inside_word(text: str, offset: int) -> bool:
    """Whether `offset` is between two digits or cased letters. In scripts without case, word boundaries are unknown."""
    neighbours = text[offset - 1 : offset + 1] if offset else ""
    return len(neighbours) == 2 and all(each.isdecimal() or each.lower() != each.upper() for each in neighbours)
