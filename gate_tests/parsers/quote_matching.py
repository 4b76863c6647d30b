"""Whether a source says what is quoted word for word.

Compared is the wording: white space of any kind and amount is one space, entities such as `&nbsp;` are what they stand
for, typographic quotation marks and apostrophes are straight ones, `*`, `_`, `` ` `` and the `>` of a block quote are
no words, and a full stop or comma at the very end of a quotation is the report's. It begins and ends where words do:
"true that" is no quotation of "untrue that". An ellipsis (`…`, `...`, with brackets or without) stands for anything:
what is before and after it must stand in one source in that order, and be three words long on the average. Out of
single words anything can be put together.
"""

import re
from collections.abc import Iterable
from typing import Final

LIST: Final = r"(?:[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t])*+"
"""What may stand before a block quote in a list."""
PREFIX: Final = re.compile(rf"^(?:{LIST}>[ \t]?)++", re.MULTILINE)
ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_MOST_INSIDE_WORDS: Final = 100
"""So many places where a quotation stands but begins or ends inside a word are passed over; then it stands nowhere."""

_STRAIGHT: Final = {'"': "“”„‟«»″「」『』", "'": "‘’‚‛‹›′", "": "*_`"}
_SPACES: Final = (
    "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
)
_MORE_SPACES: Final = "\u2028\u2029\u202f\u205f\u3000"


def wording(text: str) -> str:
    """The text as it is compared with another."""
    if "&" in text:
        text = ENTITY.sub(meant, text)
    if ">" in text:
        text = PREFIX.sub("", text)
    for plain, marks in _STRAIGHT.items():
        for mark in marks:
            text = text.replace(mark, plain)
    for space in _SPACES + _MORE_SPACES:
        text = text.replace(space, " ")
    while "  " in text:  # each time there is at most half of it left; a list of all words would take far more
        text = text.replace("  ", " ")
    return text


def meant(entity: re.Match[str]) -> str:
    """What an entity such as `&nbsp;` stands for."""
    from html import unescape  # few texts need it

    return unescape(entity[0])


def stands_in(parts: Iterable[str], source: str) -> bool:
    """Whether the parts of a quotation stand in this wording of a source, one after the other."""
    place = 0
    for part in parts:
        place = _end_of(part, source, place)
        if place < 0:
            return False
    return True


def _end_of(part: str, source: str, place: int) -> int:
    """Where the part ends that stands in the source from `place` on, as whole words; -1 where it does not."""
    for _ in range(_MOST_INSIDE_WORDS):
        found = source.find(part, place)
        if found < 0:
            break
        end = found + len(part)
        if not (_is_inside_a_word(source, found) or _is_inside_a_word(source, end)):
            return end
        place = found + 1
    return -1


def _is_inside_a_word(text: str, place: int) -> bool:
    """Between two letters or digits. Of scripts without small letters nobody knows where a word ends: there, never."""
    around = text[place - 1 : place + 1] if place else ""
    return len(around) == 2 and all(each.isdecimal() or each.lower() != each.upper() for each in around)
