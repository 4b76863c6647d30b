"""What one word is, wherever words are counted."""

import re
from collections.abc import Iterator
from typing import Final

_CHARACTERS: Final = (
    "\N{IDEOGRAPHIC ITERATION MARK}-\N{IDEOGRAPHIC NUMBER ZERO}"
    "\N{HIRAGANA LETTER SMALL A}-\N{HIRAGANA DIGRAPH YORI}"
    "\N{KATAKANA LETTER SMALL A}-\N{KATAKANA LETTER VO}"
    "\N{KATAKANA-HIRAGANA PROLONGED SOUND MARK}-\N{KATAKANA DIGRAPH KOTO}"
    "\N{KATAKANA LETTER SMALL KU}-\N{KATAKANA LETTER SMALL RO}"
    "\N{HALFWIDTH KATAKANA LETTER WO}-\N{HALFWIDTH KATAKANA LETTER N}"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Han characters and kana, which are written without spaces."""
_UNSEEN: Final = (
    "\N{ZERO WIDTH SPACE}\N{WORD JOINER}\N{ZERO WIDTH NO-BREAK SPACE}\N{BRAILLE PATTERN BLANK}\N{HANGUL FILLER}"
)
_PARTED: Final = rf"\s<>\N{{EM DASH}}\N{{HORIZONTAL BAR}}\N{{HORIZONTAL ELLIPSIS}}{_UNSEEN}"
_ALONE: Final = re.compile(f"[{_CHARACTERS}]")
_WORD: Final = re.compile(rf"[{_CHARACTERS}]|[^\W_{_UNSEEN}{_CHARACTERS}](?:[^{_PARTED}{_CHARACTERS}.]|\.(?!\.))*+")


def is_word_alone(character: str) -> bool:
    """Whether it is a Han character or kana."""
    return _ALONE.match(character) is not None


def words(text: str) -> Iterator[str]:
    """The words of a text, each from its first letter or digit.

    A word is a run that holds a letter or a digit and has no white space, ellipsis (`…`, `..`), dash (`—`), `<` or `>`
    in it: `well-known` is one, `no—never` and `so<br>it` are more, `-` and `***` are none. Each Han character and each
    kana is a word by itself, since no spaces part them; of other scripts without spaces, such as Thai, a run is one.
    """
    return (match[0] for match in _WORD.finditer(text))
