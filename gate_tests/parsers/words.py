"""Splits text into words, for every check that counts them."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from gate_tests.parsers.unspaced_scripts import HAN_AND_KANA, character_class

_HAN_AND_KANA: Final = character_class(HAN_AND_KANA)
_INVISIBLE: Final = (
    "\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\N{BRAILLE PATTERN BLANK}\N{HANGUL FILLER}"
)
_SEPARATORS: Final = rf"\s<>\N{{EM DASH}}\N{{HORIZONTAL BAR}}\N{{HORIZONTAL ELLIPSIS}}{_INVISIBLE}"
_FIRST_HAN_OR_KANA: Final = "\N{IDEOGRAPHIC ITERATION MARK}"
_FROM_U3000: Final = re.compile(rb"[\xe3-\xf4]")  # the first bytes of such characters in UTF-8
_SPACED_WORD: Final = re.compile(rf"[^\W_{_INVISIBLE}](?:[^{_SEPARATORS}.]|\.(?!\.))*+")


def is_word_by_itself(character: str) -> bool:
    """Whether it is a Han character or kana, each of which counts as a word."""
    return character >= _FIRST_HAN_OR_KANA and _han_or_kana().match(character) is not None


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
    return re.compile(
        rf"[{_HAN_AND_KANA}]|[^\W_{_INVISIBLE}{_HAN_AND_KANA}](?:[^{_SEPARATORS}{_HAN_AND_KANA}.]|\.(?!\.))*+"
    )


@cache
def _han_or_kana() -> re.Pattern[str]:
    return re.compile(f"[{_HAN_AND_KANA}]")
