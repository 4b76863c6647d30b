import pytest

from gate_tests.checks.types.word_count import WordCount


def count(text: str, path: str = "a.md") -> int:
    number: int = WordCount(0, None).evaluate_text(text, path).measured["count"]
    return number


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", 0, id="empty"),
        pytest.param("one two\nthree\tfour\u00a0five", 5, id="white space of any kind"),
        pytest.param("well-known, it's 3.5 \u20ac20", 4, id="signs inside and around"),
        pytest.param("# A title\n\n- *** an -- item | ___", 4, id="signs alone are no words"),
        pytest.param("(see [this](https://a.example/b-c))", 2, id="a link is one word"),
        pytest.param("\u00e9t\u00e9 \u0663 \uc548\ub155", 3, id="any script"),
        pytest.param("\u4f60\u597d\uff0c\u4e16\u754c\u3002", 4, id="each Han character"),
        pytest.param("\u6771\u4eac\u30bf\u30ef\u30fc\u306f2020\u5e74", 8, id="each kana, and the number between"),
        pytest.param("GPT\u6a21\u578b-x", 4, id="Latin letters beside them"),
        pytest.param("one\u2026two...three..four", 4, id="what ellipses join"),
        pytest.param("no\u2014never", 2, id="what a dash joins"),
        pytest.param("so<br>it <b>is</b>", 6, id="tags and what is between them"),
        pytest.param("one\u200btwo\ufeff \u3164", 2, id="what is not seen"),
        pytest.param("3.5 a.b. c.", 3, id="one full stop joins"),
        pytest.param("<!-- three hidden words --> `code`", 4, id="comments and code count"),
        pytest.param("___a b", 2, id="after underscores"),
    ],
)
def test_a_word_is_a_run_that_holds_a_letter_or_digit(text: str, words: int) -> None:
    assert count(text) == words


def test_the_front_matter_of_markdown_does_not_count() -> None:
    text = "---\ntitle: Tea\n---\none two\n"
    assert (count(text), count(text, "a.MDX"), count(text, "a.txt")) == (2, 2, 4)
    assert count("---\none two\n") == 2
    assert count("one\n---\ntwo three\n---\n") == 3


@pytest.mark.parametrize(
    ("at_least", "at_most", "holds", "wanted"),
    [
        pytest.param(3, None, True, "at least 3 words", id="just enough"),
        pytest.param(4, None, False, "at least 4 words", id="too few"),
        pytest.param(None, 3, True, "at most 3 words", id="just not too many"),
        pytest.param(None, 2, False, "at most 2 words", id="too many"),
        pytest.param(2, 5, True, "2 to 5 words", id="between"),
        pytest.param(3, 3, True, "3 to 3 words", id="just so"),
        pytest.param(0, 0, False, "0 to 0 words", id="none wanted"),
        pytest.param(3.5, None, False, "at least 3.5 words", id="below a fraction"),
    ],
)
def test_the_number_must_be_in_the_range(
    at_least: float | None, at_most: float | None, holds: bool, wanted: str
) -> None:
    rule = WordCount(at_least, at_most)
    outcome = rule.evaluate_text("one two three", "a.md")
    assert (outcome.holds, outcome.found, rule.describe()) == (holds, "3", wanted)
    assert outcome.measured == {"count": 3, "min": at_least, "max": at_most}


@pytest.mark.parametrize(
    "text",
    ["_" * 4_000_000, "a" * 4_000_000, "---\n" * 1_000_000, "_ " * 2_000_000, "\u2026" * 4_000_000, "." * 4_000_000],
)
def test_a_hostile_text_takes_no_longer_than_reading_it(text: str) -> None:
    assert count(text) in (0, 1)
