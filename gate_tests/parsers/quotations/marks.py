"""Finds what is between quotation marks in a paragraph, also where the two marks are of different kinds.

The outermost marks count. A mark that may open or close (`"`, », ›, ”) opens if no digit or letter precedes it and no
space follows. Without a partner these are no quotation marks, nor is ‘; any other opening mark without a partner quotes
the rest of its paragraph, as in a quotation that continues in the next one.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from typing import Final

from gate_tests.parsers.words import is_word_by_itself

CLOSING: Final = {
    "“": "”",
    "„": "“”‟",
    "‟": "”",
    "«": "»",
    "‹": "›",
    "「": "」",
    "『": "』",
    "｢": "｣",
    "〝": "〞〟",
    "»": "«»",
    "›": "‹›",
    "”": "”",
    '"': '"',
    "＂": "＂",
    "‘": "’",
    "‚": "‘’",
}
"""The marks that close what a mark opens."""
_AMBIGUOUS: Final = frozenset('»›”"＂')
"""Marks that may open or close, depending on their neighbours and on whether there is a partner."""
_NEEDS_PARTNER: Final = _AMBIGUOUS | {"‘"}
_CLOSING_ONLY: Final = "」』｣〞〟’"
_OF_ANY_KIND: Final = frozenset('“”„‟«»"＂‘‚')
"""Marks that one of another kind may close."""
_CLOSING_ANY: Final = frozenset('”“»«"＂')
_MARKS: Final = "".join(CLOSING) + _CLOSING_ONLY
_MARK: Final = re.compile(rf"[{_MARKS}]")
_PUNCTUATION: Final = re.compile(rf"[.,;:!?…)\]}}%{_MARKS}]")
_POSSESSIVE: Final = re.compile(
    r"(?<=s)’ (?!(?:a|an|and|are|as|at|because|but|by|for|from|had|has|have|he|i|if|in|is|it|not|of|on|or|said|says|she"
    r"|so|than|that|the|then|they|this|to|was|we|were|when|which|while|who|will|with|writes|wrote|you)\b)[^\W\d_A-Z]"
)
"""`the dogs’ bones`: an apostrophe, if no word follows that can stand behind a quotation only."""
_RUN: Final = r'""++(?!(?<=[\w.,;:!?…]"")\w)'
"""Straight marks that count as one; not the two of `"so""and so"`."""


class _Open:
    """An open mark: where its quotation begins, how many of its kind are open, and which others in it.

    `candidate`: the offset of the first mark that closes it if no better one does, -1 for none.
    """

    def __init__(self, text: str, offset: int) -> None:
        self.mark = text[offset]
        self.begins = offset + 1
        self.is_spaced = text[offset + 1 : offset + 2].isspace()
        self.depth = 1
        self.others: list[str] = []
        self.candidate = -1

    def is_closed_by(self, text: str, offset: int) -> bool:
        """Whether the mark at `offset` is its partner, and can only be that."""
        mark = text[offset]
        if mark not in CLOSING[self.mark]:
            return False
        if mark == self.mark:
            return not text[offset - 1].isspace() or (self.is_spaced and not text[offset + 1 : offset + 2].isalnum())
        if mark in "‘“":
            return is_closing(text, offset)
        return mark != "’" or (is_closing(text, offset) and not _POSSESSIVE.match(text, offset))

    def note(self, text: str, offset: int) -> None:
        """Track another mark inside."""
        mark = text[offset]
        if self.others and mark in CLOSING[self.others[-1]] and is_closing(text, offset):
            self.others.pop()
        elif mark in CLOSING and is_opening(text, offset):
            self.others.append(mark)
        elif self.candidate < 0 and is_closing(text, offset) and self._may_be_closed_by(text, offset):
            self.candidate = offset

    def _may_be_closed_by(self, text: str, offset: int) -> bool:
        mark = text[offset]
        if mark == "’":
            return self.mark in "‘‚"
        is_inches = mark == '"' and text[offset - 1].isdigit()
        return self.mark in _OF_ANY_KIND and mark in _CLOSING_ANY and not is_inches


def find_marked(text: str, next_mark: str = "") -> Iterator[tuple[int, int]]:
    """The (start, end) of what is between marks in a paragraph. `next_mark`: with which the next one begins, or none.

    A quotation that goes on in the next paragraph is not closed in this one, and its mark is repeated there.
    """
    text = re.sub(_RUN, lambda run: '"' + "\ufffc" * (len(run[0]) - 1), text)  # they count as one
    return _find(text, 0, len(text), frozenset(CLOSING), next_mark)


def _find(text: str, start: int, end: int, kinds: AbstractSet[str], next_mark: str) -> Iterator[tuple[int, int]]:
    """The same from `start` to `end`, where only the marks in `kinds` can open.

    If a mark turns out to have no partner, what follows it is searched again without marks of its kind.
    """
    opened: _Open | None = None
    for match in _MARK.finditer(text, start, end):
        offset = match.start()
        if opened is None:
            opened = _Open(text, offset) if match[0] in kinds and is_opening(text, offset) else None
        elif opened.is_closed_by(text, offset):
            opened.depth -= 1
            if not opened.depth:
                yield opened.begins, offset
                opened = None
        elif match[0] == opened.mark and is_opening(text, offset):
            if opened.candidate < 0 and match[0] not in _NEEDS_PARTNER:
                opened.depth += 1
                continue
            yield from _finish(text, opened, offset, kinds, next_mark)
            opened = _Open(text, offset)
        else:
            opened.note(text, offset)
    if opened:
        yield from _finish(text, opened, end, kinds, next_mark)


def _finish(text: str, opened: _Open, end: int, kinds: AbstractSet[str], next_mark: str) -> Iterator[tuple[int, int]]:
    """What a mark without a partner up to `end` quotes, and what is quoted after it."""
    if opened.candidate >= 0:
        yield opened.begins, opened.candidate
        yield from _find(text, opened.candidate + 1, end, kinds - {opened.mark}, next_mark)
    elif opened.mark in _NEEDS_PARTNER and opened.mark != next_mark:
        yield from _find(text, opened.begins, end, kinds - {opened.mark}, next_mark)
    else:
        yield opened.begins, end


def is_opening(text: str, offset: int) -> bool:
    """Whether the mark at `offset` can open."""
    mark, before, behind = text[offset], text[offset - 1 : offset] if offset else "", text[offset + 1 : offset + 2]
    if mark in _CLOSING_ONLY:
        return False
    if mark == "‘":
        return not (_is_letter(before) or behind.isspace())
    if mark == "“":
        return not (_is_letter(before) and not behind.isalnum())
    if mark not in _AMBIGUOUS:
        return True
    if before.isdigit() or (_is_letter(before) and not (mark == '"' and behind.isalnum())):
        return False
    if behind.isspace():
        return mark == '"' and _may_open_with_space(text, offset)
    return mark in '"＂' or not (_PUNCTUATION.match(before) or (_PUNCTUATION.match(behind) and behind not in ".…"))


def is_closing(text: str, offset: int) -> bool:
    """Whether the mark at `offset` can close: something precedes it, and no letter or digit follows."""
    before, behind = text[offset - 1 : offset] if offset else "", text[offset + 1 : offset + 2]
    return bool(before) and not (before.isspace() and text[offset] in "’“‘") and not _is_letter(behind)


def _may_open_with_space(text: str, offset: int) -> bool:
    """Whether a straight mark between spaces is no sign of inches."""
    before = text[max(offset - 2, 0) : offset]
    return (not before or before[-1].isspace()) and not before[:1].isdigit()


def _is_letter(character: str) -> bool:
    """Whether it is a letter or digit of a script that separates words."""
    return character.isalnum() and not is_word_by_itself(character)
