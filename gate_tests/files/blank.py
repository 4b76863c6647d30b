"""Tells whether a file is blank: whether a reader would see anything in it.

White space of ASCII, NUL and byte order marks are nothing, and in UTF-8 nor are Unicode's white space and format
characters (category Cf), such as a zero-width space.
"""

import codecs
import re
from functools import cache
from typing import Final
from unicodedata import category

_ASCII: Final = b"\t\n\v\f\r \0"
_WHITE_SPACE: Final = frozenset("\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000") | {
    chr(code) for code in range(0x2000, 0x200B)
}
"""Unicode's property White_Space. `str.isspace` also counts the separators U+001C to U+001F."""
_UTF16_MARKS: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ZEROS: Final = bytes(1 << 20)
"""What a sparse file reads as: compared faster than looked at byte by byte."""


_SEEN: Final = re.compile(rb"[!-~]")
"""A character of ASCII that is seen: no byte of a longer character in UTF-8 is one."""


def is_blank(content: bytes | memoryview) -> bool:
    """Whether a whole file is blank. In most, a character of ASCII that is seen is soon found."""
    if _SEEN.search(content):
        return False
    detector = BlankDetector()
    detector.feed(content)
    return detector.finish()


class BlankDetector:
    """Is fed a file block by block; `is_blank` says whether all of it so far is blank.

    It looks no further than the first block that is not, and keeps nothing but an unfinished character.
    """

    def __init__(self) -> None:
        self.is_blank = True
        self._is_at_head = True
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def feed(self, block: bytes | memoryview) -> None:
        """The next block."""
        if self.is_blank and len(block):
            self.is_blank = self._is_zeros(block) or (not _SEEN.search(block) and self._is_blank(bytes(block)))
            self._is_at_head = False

    def finish(self) -> bool:
        """Whether the file is blank, which has ended."""
        return self.is_blank and not self._has_unfinished_character()

    def _is_zeros(self, block: bytes | memoryview) -> bool:
        return _ZEROS.startswith(block) and not self._has_unfinished_character()

    def _is_blank(self, block: bytes) -> bool:
        if self._is_at_head and (head := block.lstrip(b"\0")).startswith(_UTF16_MARKS):
            block = head[2:]
        if not block.translate(None, _ASCII) and not self._has_unfinished_character():
            return True
        try:
            return all(map(_is_invisible, set(self._decoder.decode(block))))
        except UnicodeDecodeError:
            return False

    def _has_unfinished_character(self) -> bool:
        return bool(self._decoder.getstate()[0])


@cache
def _is_invisible(character: str) -> bool:
    return character in _WHITE_SPACE or character == "\0" or category(character) == "Cf"
