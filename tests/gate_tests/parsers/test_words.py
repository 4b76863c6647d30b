import pytest

from gate_tests.parsers.words import find_words, is_word_by_itself


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param(" - *** # — … \n", [], id="no letter or digit"),
        pytest.param("well-known don't C++ 3.14", ["well-known", "don't", "C++", "3.14"], id="signs inside"),
        pytest.param("no—never so<br>it yes…no one..two", ["no", "never", "so", "br", "it", "yes", "no", "one", "two"],
                     id="what separates"),
        pytest.param("(see) **bold** “quoted”", ["see)", "bold**", "quoted”"], id="from the first letter on"),
        pytest.param("snake_case _x_", ["snake_case", "x_"], id="an underscore is no letter"),
        pytest.param("漢字かな", ["漢", "字", "か", "な"], id="Han characters and kana"),
        pytest.param("a漢b", ["a", "漢", "b"], id="among letters"),
        pytest.param("ภาษาไทย", ["ภาษาไทย"], id="another script without spaces"),
        pytest.param("a\u200bb\ufeffc", ["a", "b", "c"], id="invisible separators"),
        pytest.param("größe naïve", ["größe", "naïve"], id="accents"),
    ],
)  # fmt: skip
def test_a_text_is_split_into_words(text: str, words: list[str]) -> None:
    assert list(find_words(text)) == words


@pytest.mark.parametrize(
    ("character", "is_word"), [("漢", True), ("か", True), ("a", False), ("한", False), ("", False)]
)
def test_only_han_characters_and_kana_are_words_by_themselves(character: str, is_word: bool) -> None:
    assert is_word_by_itself(character) is is_word
