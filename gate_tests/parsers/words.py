"""Splits text into words, for every check that counts them."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

UNSPACED: Final = (
    "\N{IDEOGRAPHIC ITERATION MARK}-\N{IDEOGRAPHIC NUMBER ZERO}"
    "\N{HIRAGANA LETTER SMALL A}-\N{HIRAGANA DIGRAPH YORI}"
    "\N{KATAKANA LETTER SMALL A}-\N{KATAKANA LETTER VO}"
    "\N{KATAKANA-HIRAGANA PROLONGED SOUND MARK}-\N{KATAKANA DIGRAPH KOTO}"
    "\N{KATAKANA LETTER SMALL KU}-\N{KATAKANA LETTER SMALL RO}"
    "\N{HALFWIDTH KATAKANA LETTER WO}-\N{HALFWIDTH KATAKANA LETTER N}"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Han characters and kana, which are written without spaces."""
_INVISIBLE: Final = (
    "\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\N{BRAILLE PATTERN BLANK}\N{HANGUL FILLER}"
)
_SEPARATORS: Final = rf"\s<>\N{{EM DASH}}\N{{HORIZONTAL BAR}}\N{{HORIZONTAL ELLIPSIS}}{_INVISIBLE}"
_BEFORE_UNSPACED: Final = "\N{JAPANESE INDUSTRIAL STANDARD SYMBOL}"
"""The last character before all in UNSPACED."""


def is_word_by_itself(character: str) -> bool:
    """Whether it is a Han character or kana, each of which counts as a word."""
    return character > _BEFORE_UNSPACED and _compile(f"[{UNSPACED}]").match(character) is not None


def find_words(text: str) -> Iterator[str]:
    """The words of a text, each from its first letter or digit.

    A word is a run with a letter or digit and without white space, ellipsis (`…`, `..`), dash (`—`), `<` and `>`:
    `well-known` is one, `no—never` and `so<br>it` are several, `-` and `***` are none. Each Han character and kana is a
    word, since they are not separated by spaces; in other such scripts, for example Thai, a run is one word.
    """
    unspaced = "" if text.isascii() or not _compile(f"[^\0-{_BEFORE_UNSPACED}]").search(text) else UNSPACED
    alone = f"[{unspaced}]|" if unspaced else ""
    word = rf"{alone}[^\W_{_INVISIBLE}{unspaced}](?:[^{_SEPARATORS}{unspaced}.]|\.(?!\.))*+"
    return (match[0] for match in _compile(word).finditer(text))


@cache  # where it is needed: a class of so many characters takes milliseconds, and few texts have one of them
def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
