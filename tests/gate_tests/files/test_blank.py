import sys
import time
from unicodedata import category

import pytest

from gate_tests.files.blank import BlankDetector, is_blank

# Unicode's property White_Space, as PropList.txt of the standard lists it.
WHITE_SPACE = (
    *range(0x9, 0xE),
    0x20,
    0x85,
    0xA0,
    0x1680,
    *range(0x2000, 0x200B),
    0x2028,
    0x2029,
    0x202F,
    0x205F,
    0x3000,
)
ZERO_WIDTH = "\u200b".encode()


def is_blank_in_blocks(content: bytes, block_bytes: int) -> bool:
    detector = BlankDetector()
    for start in range(0, len(content), block_bytes):
        detector.feed(memoryview(content)[start : start + block_bytes])
    return detector.finish()


BLANK = [
    pytest.param(b"", id="nothing"),
    pytest.param(b" \t\r\n\v\f", id="white space"),
    pytest.param(b"\0" * 9, id="NUL"),
    pytest.param(b"\xef\xbb\xbf\n", id="a BOM"),
    pytest.param(b"\n\xef\xbb\xbf\n\xef\xbb\xbf", id="a BOM in the middle"),
    pytest.param(b"\xff\xfe \0\n\0", id="UTF-16"),
    pytest.param(b"\xfe\xff\0 \0\n", id="UTF-16, the other order"),
    pytest.param(b"\xff\xfe\0\0 \0\0\0", id="UTF-32"),
    pytest.param(b"\0\0\xfe\xff\0\0\0 ", id="UTF-32, the other order"),
    pytest.param("\xa0\u2003\u3000\u2028\x85".encode(), id="white space of Unicode"),
    pytest.param("\u200b\u200d\u2060\xad\u200e\ufeff\U000e0041".encode(), id="format characters"),
]
SEEN = [
    pytest.param(b"a", id="a letter"),
    pytest.param(b"\n" * 9 + b".", id="after white space"),
    pytest.param(b"\x1c\x1d\x1e\x1f", id="separators that are no white space"),
    pytest.param("\u2800".encode(), id="a blank of Braille is a sign"),
    pytest.param(ZERO_WIDTH + "é".encode(), id="a letter after a format character"),
    pytest.param(b"\xa0\xa0", id="Latin-1, which is no UTF-8"),
    pytest.param(ZERO_WIDTH[:2], id="a character that is cut short"),
    pytest.param(b"\xe2\x80 \x8b", id="a character with a blank in it"),
    pytest.param(b"  \xff\xfe", id="a mark of UTF-16 that is not at the head"),
    pytest.param(b"\xff\xfe\x30\0", id="a digit in UTF-16"),
]


@pytest.mark.parametrize("content", BLANK)
@pytest.mark.quick("*")
def test_a_file_in_which_nothing_is_seen_is_blank(content: bytes) -> None:
    assert is_blank(content)


@pytest.mark.parametrize("content", SEEN)
@pytest.mark.quick("*")
def test_a_file_in_which_something_is_seen_is_not(content: bytes) -> None:
    assert not is_blank(content)


@pytest.mark.parametrize("block_bytes", [1, 2, 5])
def test_a_character_may_be_cut_by_the_end_of_a_block(block_bytes: int) -> None:
    blank = " \u200b\n\U000e0041\u3000".encode() * 3
    assert is_blank_in_blocks(blank, block_bytes)
    assert not is_blank_in_blocks(blank + b".", block_bytes)
    assert not is_blank_in_blocks(blank + ZERO_WIDTH[:2], block_bytes)
    assert not is_blank_in_blocks(ZERO_WIDTH[:2] + b" " * 7, block_bytes)


def test_white_space_and_format_characters_are_those_of_unicode() -> None:
    formats = [code for code in range(sys.maxunicode + 1) if category(chr(code)) == "Cf"]
    asked = {*range(0x3100), *formats, *range(0xE0000, 0xE0200)}
    assert {code for code in asked if is_blank(chr(code).encode())} == {0, *WHITE_SPACE, *formats}


@pytest.mark.parametrize(
    "block",
    [pytest.param(b"\0", id="zeros"), pytest.param(b" \n", id="white space"), pytest.param(ZERO_WIDTH, id="format")],
)
@pytest.mark.slow
def test_a_huge_blank_file_is_seen_through_quickly(block: bytes) -> None:
    content = block * ((64 << 20) // len(block))
    began_s = time.perf_counter()
    assert is_blank_in_blocks(content, 1 << 20)
    assert time.perf_counter() - began_s < 5
