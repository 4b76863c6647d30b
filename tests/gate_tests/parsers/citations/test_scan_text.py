import pytest

from gate_tests.parsers.citations.grammar import CITATION, FURTHER_LINES, IN_WORDS, TARGET
from gate_tests.parsers.citations.scan_text import LETTER, is_unspaced, scan_text


@pytest.mark.parametrize(
    ("character", "is_one"),
    [
        *((each, True) for each in "漢あア한ไลខམကꀀㄅ々〇\U00020000"),
        *((each, False) for each in "aäяωאअ1_-。「・、\N{FULLWIDTH COMMA}"),
    ],
)
def test_a_letter_of_a_script_without_spaces_is_known(character: str, is_one: bool) -> None:
    assert is_unspaced(character) == is_one
    assert (scan_text(character) == LETTER) == is_one


def test_no_offset_changes_and_ascii_stays_but_for_control_characters() -> None:
    text = "".join(map(chr, range(0xD800))) + "\U0001f680\U00020000"
    mapped = scan_text(text)
    assert len(mapped) == len(text)
    assert mapped[32:127] == text[32:127]
    assert mapped[:4] == "    "


@pytest.mark.parametrize("regex", [CITATION, IN_WORDS, TARGET, FURTHER_LINES])
def test_no_class_of_characters_goes_beyond_latin_1(regex: object) -> None:
    assert all(ord(character) < 256 for character in regex.pattern)  # type: ignore[attr-defined]
