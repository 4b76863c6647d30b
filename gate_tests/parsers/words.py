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
_FIRST_UNSPACED: Final = "\N{IDEOGRAPHIC ITERATION MARK}"
_FROM_U3000: Final = re.compile(rb"[\xe3-\xf4]")  # the first bytes of such characters in UTF-8
_SPACED_WORD: Final = re.compile(rf"[^\W_{_INVISIBLE}](?:[^{_SEPARATORS}.]|\.(?!\.))*+")


def is_word_by_itself(character: str) -> bool:
    """Whether it is a Han character or kana, each of which counts as a word."""
    return character >= _FIRST_UNSPACED and _unspaced_character().match(character) is not None


def find_words(text: str) -> Iterator[str]:
    """The words of a text, each from its first letter or digit.

    A word is a run with a letter or digit and without white space, ellipsis (`…`, `..`), dash (`—`), `<` and `>`:
    `well-known` is one, `no—never` and `so<br>it` are several, `-` and `***` are none. Each Han character and kana is a
    word, since they are not separated by spaces; in other such scripts, for example Thai, a run is one word.
    """
    return (match[0] for match in _choose_pattern(text).finditer(text))


def _choose_pattern(text: str) -> re.Pattern[str]:
    if text.isascii() or not _FROM_U3000.search(text.encode(errors="surrogatepass")):
        return _SPACED_WORD
    return _word()


@cache
def _word() -> re.Pattern[str]:
    """Compiled where it is needed, for it takes a while, as does the other."""
    return re.compile(rf"[{UNSPACED}]|[^\W_{_INVISIBLE}{UNSPACED}](?:[^{_SEPARATORS}{UNSPACED}.]|\.(?!\.))*+")


@cache
def _unspaced_character() -> re.Pattern[str]:
    return re.compile(f"[{UNSPACED}]")
