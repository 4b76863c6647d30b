"""Scripts whose words are not separated by spaces, as ranges of code points. Here once, for whoever reads text."""

from bisect import bisect_right
from typing import Final

Ranges = tuple[tuple[int, int], ...]

HAN_AND_KANA: Final[Ranges] = (
    (0x3005, 0x3007), (0x3041, 0x309F), (0x30A1, 0x30FA), (0x30FC, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0xFF66, 0xFF9D), (0x20000, 0x3FFFF),
)  # fmt: skip
"""Each character counts as a word."""
UNSPACED: Final[Ranges] = (
    (0x0E01, 0x0EFF), (0x0F00, 0x0FFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A00, 0x1AAF),
    (0x1B00, 0x1B7F), (0x2E80, 0x2FDF), (0x3021, 0x3029), (0x3031, 0x3035), (0x3100, 0x312F), (0x31A0, 0x31BF),
    (0xA000, 0xA4CF), (0xA980, 0xA9DF), (0xAA00, 0xAADF), (0xFF9E, 0xFF9F), *HAN_AND_KANA,
)  # fmt: skip
"""Thai, Lao, Tibetan, Burmese, Khmer, Tai, Balinese, bopomofo, Yi, Javanese, Cham and more, besides Han and kana."""
UNSPACED_AND_HANGUL: Final[Ranges] = (
    (0x1100, 0x11FF), (0x3130, 0x318F), (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xFFA0, 0xFFDC), *UNSPACED,
)  # fmt: skip
"""Korean has spaces between words, but its particles follow a name or number without one."""

_SORTED: Final = sorted(UNSPACED_AND_HANGUL)
_STARTS: Final = [start for start, _ in _SORTED]


def character_class(ranges: Ranges) -> str:
    """The ranges as they are written between the brackets of a regular expression."""
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


def is_unspaced_or_hangul(character: str) -> bool:
    """Whether a letter or digit of another script may stand directly beside it without being part of its word."""
    index = bisect_right(_STARTS, ord(character)) - 1
    return index >= 0 and ord(character) <= _SORTED[index][1]
