"""What one word is, wherever words are counted."""

import re
from collections.abc import Iterator

_CHARACTERS = (
    "\N{IDEOGRAPHIC ITERATION MARK}-\N{IDEOGRAPHIC NUMBER ZERO}"
    "\N{HIRAGANA LETTER SMALL A}-\N{HIRAGANA DIGRAPH YORI}"
    "\N{KATAKANA LETTER SMALL A}-\N{KATAKANA LETTER VO}"
    "\N{KATAKANA-HIRAGANA PROLONGED SOUND MARK}-\N{KATAKANA DIGRAPH KOTO}"
    "\N{KATAKANA LETTER SMALL KU}-\N{KATAKANA LETTER SMALL RO}"
    "\N{HALFWIDTH KATAKANA LETTER WO}-\N{HALFWIDTH KATAKANA LETTER N}"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Han characters and kana, which are written without spaces."""
_PARTED = r"\s\N{EM DASH}\N{HORIZONTAL BAR}\N{HORIZONTAL ELLIPSIS}"
_WORD = re.compile(rf"[{_CHARACTERS}]|[^\W_{_CHARACTERS}](?:[^{_PARTED}{_CHARACTERS}.]|\.(?!\.))*+")


def words(text: str) -> Iterator[str]:
    """The words of a text, each from its first letter or digit.

    A word is a run that holds a letter or a digit and has no white space, ellipsis (`…`, `..`) or dash (`—`) in it:
    `well-known` is one, `no—never` two, `-` and `***` are none. Each Han character and each kana is a word by itself,
    since no spaces part them; of other scripts without spaces, such as Thai, a run is one word.
    """
    return (match[0] for match in _WORD.finditer(text))
