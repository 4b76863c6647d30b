"""Decides whether a quotation that begins or ends at some offset of a source cuts a word or number."""

import re
from functools import cache
from typing import Final
from unicodedata import category

from gate_tests.parsers.unspaced_scripts import UNSPACED, character_class

_WINDOW: Final = 20
"""How many characters on each side are looked at."""
_W: Final = r"[^\W_]"
"""A letter or digit."""
_MULTIPLIERS: Final = "十百千万萬亿億兆"
"""Behind digits, they are part of the number."""
_CURRENCY: Final = r"$¢£¤¥֏฿\u20a0-\u20c0＄￠￡￥￦"
_JOINING: Final = r"'/&@=×\\_^·*⁄∕−\-"
"""What joins letters and digits to one word: `don't`, `1/250`, `R&D`, `snake_case`."""
_PLAIN_BOUNDARY: Final = re.compile(r'[ "][A-Za-z]|[A-Za-z][ ",;]')
"""Two characters that need no closer look."""
_JOINING_DIGITS: Final = r".,:–‒٫٬．"


@cache
def _cut() -> re.Pattern[str]:
    """Matches, at an offset, if the text before and behind it belongs together. Compiled where it is needed."""
    cuts = [
        rf"(?<={_W})(?={_W})",
        rf"(?<={_W})(?=[{_JOINING}]{_W})",
        rf"(?<={_W}[{_JOINING}])(?={_W})",
        rf"(?<=\d)(?=[{_JOINING_DIGITS}]\d)",
        rf"(?<=\d[{_JOINING_DIGITS}])(?=\d)",
        r"(?<=[a-z])(?=\([a-z]{1,3}\))",  # `cat(s)`
        r"(?<=[a-z])(?=\)[a-z])",  # `(un)likely`
        r"(?<=[a-z]\))(?=[a-z])",
        rf"(?<={_W})(?=\.[^\W\d_A-Z])",  # `node.js`; but `end.The` lacks a space
        rf"(?<={_W}\.)(?=[^\W\d_A-Z])",
        r"(?<=[A-Z])(?=\.[A-Z])",  # `U.S.`
        r"(?<=[A-Z]\.)(?=[A-Z])",
        r"(?<=(?<![\w.\")])\.)(?=\w)",  # `.5`, `.NET`
        r"(?<=(?<![-–—])[-–−])(?=\.?\d)",  # `-5`
        r"(?<=[+±~≈≤≥#№§<×])(?=\.?\d)",
        r"(?<=(?<!\S)>)(?=\d)",
        rf"(?<=[{_CURRENCY}])(?=\.?\d)",
        rf"(?<=[-–−+±~≈≤≥<])(?=[{_CURRENCY}]\d)",
        rf"(?<=[^\W_])(?=[{_CURRENCY}])",  # `US$5`, `5$`
        r"(?<=\d)(?=[%％‰‱°])",
        r"(?<=[^\W_])(?=[+#])",  # `C++`, `F#`, `18+`
        r"(?<=\+)(?=\+)",
        r"(?<=\d)(?= (?:\d{1,2}[/⁄]\d|[½⅓⅔¼¾⅛]))",  # `1 1/2`
        r"(?<=\d )(?=\d{1,2}[/⁄]\d|[½⅓⅔¼¾⅛])",
        *(rf"(?<=(?<!\d)\d{{{count}}})(?= \d{{3}}(?!\d))" for count in (1, 2, 3)),  # `1 500 000`
        *(rf"(?<=(?<!\d)\d{{{count}}} )(?=\d{{3}}(?!\d))" for count in (1, 2, 3)),
    ]
    return re.compile("|".join(cuts))


def is_inside_word(text: str, offset: int) -> bool:
    """Whether `offset` is inside a word or number of a text with single spaces. Some scripts do not separate words."""
    if not 0 < offset < len(text) or _PLAIN_BOUNDARY.match(text, offset - 1):
        return False
    if _is_mark(text[offset]):
        return True
    before = text[max(offset - _WINDOW, 0) : offset]
    behind = text[offset : offset + _WINDOW]
    if not (before.isascii() and behind.isascii()):
        before, behind = _simplify(before), _simplify(behind)
    return _cut().match(before + behind, len(before)) is not None


def _simplify(text: str) -> str:
    """The text without accents of their own, and with no letters of scripts that do not separate words."""
    return _unspaced().sub("\ufffc", "".join(character for character in text if not _is_mark(character)))


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"(?![{_MULTIPLIERS}฿])[{character_class(UNSPACED)}]")


def _is_mark(character: str) -> bool:
    """Whether it belongs to the letter before it, such as an accent that could not be composed, or a vowel sign."""
    return category(character).startswith("M")
