import pytest

from gate_tests.parsers.citations import grammar
from gate_tests.parsers.citations.scan_text import LETTER, LINE, LINE_BEFORE, LINE_BEHIND, scan_text


@pytest.mark.parametrize(
    ("character", "is_one"),
    [
        *((each, True) for each in "漢あア한ไลខམကꀀㄅ々〇\U00020000"),
        *((each, False) for each in "aäяωאअ1_-。「・、\N{FULLWIDTH COMMA}"),
    ],
)
def test_a_letter_of_a_script_without_spaces_is_known(character: str, is_one: bool) -> None:
    assert (scan_text(character) == LETTER) == is_one


def test_no_offset_changes_and_ascii_stays_but_for_control_characters() -> None:
    text = "".join(map(chr, range(0xD800))) + "\U0001f680\U00020000"
    mapped = scan_text(text)
    assert len(mapped) == len(text)
    assert mapped[32:127] == text[32:127]
    assert mapped[:4] == "    "


@pytest.mark.parametrize(
    ("text", "mapped"),
    [
        ("บรรทัดที่ 12", LINE_BEFORE * 9 + " 12"),
        ("라인 12", LINE_BEFORE * 2 + " 12"),
        ("12번째 줄", "12" + LINE_BEHIND * 4),
        ("12행에서", "12" + LINE_BEHIND + LETTER * 2),
        ("12줄", "12" + LETTER),
        ("1행 2行", f"1{LINE_BEHIND} 2{LINE}"),
    ],
)
def test_a_word_for_a_line_is_marked_beside_its_number(text: str, mapped: str) -> None:
    assert scan_text(text) == mapped


@pytest.mark.parametrize(
    "regex",
    [
        grammar.CITATION,
        grammar.compile_lines_in_words(),
        grammar.compile_target(),
        grammar.compile_number(),
        grammar.compile_further_lines(),
    ],
)
def test_no_class_of_characters_goes_beyond_latin_1(regex: object) -> None:
    assert all(ord(character) < 256 for character in regex.pattern)  # type: ignore[attr-defined]
