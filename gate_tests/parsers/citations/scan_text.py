"""Maps the characters of a text to few, so that the regular expressions of citations compile quickly.

Each character becomes one character, so that every offset stays. Signs that mean the same become the same, and letters
of scripts without spaces become one.
"""

import re
from typing import Final
from unicodedata import category

from gate_tests.parsers.unspaced_scripts import is_unspaced_or_hangul

CODE_START: Final = "\x11"
CODE_END: Final = "\x12"
LINK_EDGE: Final = "\x13"
"""Marks in a text, see `marked_text`."""
LETTER: Final = "\x01"
"""Of a script without spaces; but those of `第12行目` and `の`, `的` are mapped to the ones below."""
SUPERSCRIPT: Final = "\x02"
DASH: Final = "\x03"
ELLIPSIS: Final = "\x04"
OPENING, CLOSING, DAGGER = "\x05", "\x06", "\x07"
PARENTHESIS: Final = "\x0e"
ORDINAL, LINE, ITH, OF = "\x14", "\x15", "\x16", "\x17"
TO, AND, COUNTED = "\x1b", "\x08", "\x7f"
LINE_BEFORE, LINE_BEHIND = "\x19", "\x1a"
"""Each letter of a word for a line before its number, `บรรทัดที่ 12`, or behind it, `12번째 줄`."""
WIDE_COLON: Final = "\x10"
PUNCTUATION: Final = "\x18"
"""Of East Asia, as far as it is not mapped to something else."""

_MAPPED: Final = {
    **dict.fromkeys("\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{MINUS SIGN}", "-"),
    **dict.fromkeys("\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{HORIZONTAL BAR}\N{FULLWIDTH TILDE}\N{WAVE DASH}", DASH),
    **dict.fromkeys("\N{FULLWIDTH COMMA}\N{IDEOGRAPHIC COMMA}\N{FULLWIDTH SEMICOLON}", ","),
    **dict.fromkeys("“”»」』》〉", '"'),
    **dict.fromkeys("的の", OF),
    **dict.fromkeys("至到", TO),
    **dict.fromkeys("个個件개", COUNTED),
    **dict.fromkeys("和与與及と", AND),
    **{chr(ord("\N{FULLWIDTH DIGIT ZERO}") + digit): str(digit) for digit in range(10)},
    **dict.fromkeys("\xb2\xb3\xb9", SUPERSCRIPT),
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{HORIZONTAL ELLIPSIS}": ELLIPSIS,
    "\N{ALMOST EQUAL TO}": "~",
    "\N{RATIO}": ":",
    "\N{IDEOGRAPHIC SPACE}": " ",
    "\N{FULLWIDTH LEFT PARENTHESIS}": PARENTHESIS,
    "\N{FULLWIDTH COLON}": WIDE_COLON,
    "【": OPENING,
    "】": CLOSING,
    "†": DAGGER,
    "第": ORDINAL,
    "行": LINE,
    "目": ITH,
}
_WORDS: Final = re.compile(r"(?P<before>บรรทัด(?:ที่)?|라인|줄)(?=[ ]?\d)|(?<=\d)(?P<behind>번째?[ ]?(?:줄|라인)|행)")
_IN_WORDS: Final = ("บรรทัด", "라인", "줄", "행")
_KEPT_CONTROLS: Final = f"\t\n\r{CODE_START}{CODE_END}{LINK_EDGE}"


def scan_text(text: str) -> str:
    """The text to search with the regular expressions of `grammar`, of the same length."""
    scanned = text.translate(_TABLE)
    return scanned if text.isascii() else _mark_words(text, scanned)


def _mark_words(text: str, scanned: str) -> str:
    """The mapped text with marks for the words for lines in it."""
    if not any(word in text for word in _IN_WORDS):
        return scanned
    parts, done = [], 0
    for match in _WORDS.finditer(text):
        mark = LINE_BEFORE if match["before"] else LINE_BEHIND
        parts += [scanned[done : match.start()], mark * len(match[0])]
        done = match.end()
    return "".join([*parts, scanned[done:]])


class _Table(dict[int, str]):
    """The character that replaces each, computed once."""

    def __missing__(self, code: int) -> str:
        self[code] = mapped = _map(chr(code))
        return mapped


def _map(character: str) -> str:
    if character in _MAPPED:
        return _MAPPED[character]
    if character < " " and character not in _KEPT_CONTROLS:
        return " "
    if is_unspaced_or_hangul(character):
        return LETTER
    if "\u2070" <= character <= "\u2079":
        return SUPERSCRIPT
    if "\u3000" <= character <= "\u303f" or "\uff00" <= character <= "\uff65":
        return PUNCTUATION
    return "x" if category(character)[0] == "M" else character  # accents of decomposed letters


_TABLE: Final = _Table()
