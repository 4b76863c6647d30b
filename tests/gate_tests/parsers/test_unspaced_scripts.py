import re
from unicodedata import name

import pytest

from gate_tests.parsers.unspaced_scripts import (
    HAN_AND_KANA,
    UNSPACED,
    UNSPACED_AND_HANGUL,
    Ranges,
    character_class,
    is_unspaced_or_hangul,
)

SAMPLES = {
    HAN_AND_KANA: "漢あア々〇ｱ\U00020000",
    UNSPACED: "ไລཁမកꀀㄅᬅꦲꨀ",
    UNSPACED_AND_HANGUL: "한ㄱᄀ",
}
SPACED = "aäяωאअ1_-。「・、\N{FULLWIDTH COMMA}"


@pytest.mark.parametrize("ranges", SAMPLES, ids=["Han and kana", "others", "Hangul"])
def test_each_script_is_in_its_ranges_and_in_those_that_hold_them(ranges: Ranges) -> None:
    wider = list(SAMPLES)[list(SAMPLES).index(ranges) :]
    for character in SAMPLES[ranges]:
        found = [each for each in SAMPLES if re.fullmatch(f"[{character_class(each)}]", character)]
        assert found == wider, name(character)
        assert is_unspaced_or_hangul(character)


def test_letters_of_other_scripts_digits_and_punctuation_are_in_none() -> None:
    for character in SPACED:
        assert not re.fullmatch(f"[{character_class(UNSPACED_AND_HANGUL)}]", character)
        assert not is_unspaced_or_hangul(character)


def test_the_ranges_are_apart_and_in_order_once_sorted() -> None:
    bounds = [bound for each in sorted(UNSPACED_AND_HANGUL) for bound in each]
    assert bounds == sorted(bounds)
