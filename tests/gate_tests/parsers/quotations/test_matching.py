import pytest

from gate_tests.parsers.quotations.matching import contains_parts, contains_with_ellipses
from gate_tests.parsers.quotations.wording import normalize_wording


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        pytest.param("a \t\n\u00a0\u3000 b", "a b", id="white space of any kind"),
        pytest.param("“a” „b“ «c» 「d」", '"a" "b" "c" "d"', id="quotation marks"),
        pytest.param("it’s ‘so’ ‹x›", 'it\'s "so" "x"', id="apostrophes are none"),
        pytest.param("*a* __b__ `c`", "a b c", id="emphasis and code"),
        pytest.param("a&nbsp;b &amp; &#99; &#x64;", "a b & c d", id="entities"),
        pytest.param("&xyzzy; & &;", "&xyzzy; & &;", id="no entities"),
        pytest.param("a > b", "a > b", id="a sign within a line"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_what_is_no_wording_does_not_count(text: str, normal: str) -> None:
    assert normalize_wording(text) == normal


@pytest.mark.parametrize(
    ("parts", "source"),
    [
        pytest.param(["a cat"], "a cat", id="all of it"),
        pytest.param(["cat"], "bobcat, cat.", id="a later occurrence"),
        pytest.param(["a", "c"], "a b c", id="parts in order"),
        pytest.param(["a", "a"], "a a", id="the same part twice"),
        pytest.param(["is"], "(is)", id="between signs"),
        pytest.param(["漢"], "古漢字", id="in a script without case"),
        pytest.param([], "anything", id="no parts"),
    ],
)
def test_parts_that_occur_in_order_as_whole_words_are_contained(parts: list[str], source: str) -> None:
    assert contains_parts(parts, source)


@pytest.mark.parametrize(
    ("parts", "source"),
    [
        pytest.param(["true that"], "untrue that", id="begins inside a word"),
        pytest.param(["a cat"], "a cats", id="ends inside a word"),
        pytest.param(["12"], "112", id="inside a number"),
        pytest.param(["c", "a"], "a b c", id="in another order"),
        pytest.param(["a", "a"], "a", id="once, not twice"),
        pytest.param(["Cat"], "cat", id="another letter case"),
        pytest.param(["a"], "", id="an empty source"),
    ],
)
def test_others_are_not(parts: list[str], source: str) -> None:
    assert not contains_parts(parts, source)


def test_a_part_that_is_found_inside_words_only_is_given_up() -> None:
    assert contains_parts(["a"], "ba " * 99 + "a")
    assert not contains_parts(["a"], "ba " * 100 + "a")


@pytest.mark.parametrize("ellipsis", ["…", " ... ", " (...) ", ". . . .", "……", ' …" '])
def test_parts_are_contained_with_the_ellipses_of_the_source(ellipsis: str) -> None:
    assert contains_with_ellipses(["I", "I do", "so"], f"xI… I…I do{ellipsis}so.")


@pytest.mark.parametrize("source", ["I well I do … so", "I … I do. so", "I … I do … sofa", "hI … I do … so", "I"])
def test_but_not_with_other_words_or_inside_words(source: str) -> None:
    assert not contains_with_ellipses(["I", "I do", "so"], source)


def test_a_quotation_of_very_many_pieces_is_given_up() -> None:
    assert contains_with_ellipses(["I"] * 20, "I … " * 20)
    assert not contains_with_ellipses(["I"] * 21, "I … " * 21)
