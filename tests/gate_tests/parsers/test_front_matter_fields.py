import time
from contextlib import suppress

import pytest

from gate_tests.parsers.front_matter_fields import MAX_CHARACTERS, NoFrontMatter, read_front_matter


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        pytest.param("---\nstatus: PASS\nscore: 9.5\n---\nbody\n", {"status": "PASS", "score": "9.5"}, id="plain"),
        pytest.param(
            "---  \n\n\nstatus: PASS\n\n---\t\n", {"status": "PASS"}, id="blanks after the lines, blank lines"
        ),
        pytest.param("---\nstatus :\tPASS \n---", {"status": "PASS"}, id="a blank before the colon, a tab after it"),
        pytest.param("---\n---\n", {}, id="empty"),
        pytest.param("---\na: \"FAIL\"\nb: 'FAIL'\n---\n", {"a": "FAIL", "b": "FAIL"}, id="quotes"),
        pytest.param(
            "---\na: \"say \\\"no\\\"\"\nb: 'it''s'\n---\n", {"a": 'say "no"', "b": "it's"}, id="quotes in quotes"
        ),
        pytest.param(
            "---\na: PASS # so\nb: 'x # y' # z\nc: a#b\n---\n", {"a": "PASS", "b": "x # y", "c": "a#b"}, id="#"
        ),
        pytest.param("---\n# a comment\n  # another\na: 1\n---\n", {"a": "1"}, id="lines of comment"),
        pytest.param(
            "---\na:\nb: null\nc: ~\nd: ''\ne: # none\nf: 'null'\n---\n",
            dict.fromkeys("abcde", "") | {"f": "null"},
            id="nothing",
        ),
        pytest.param(
            "---\nnote: a --- b\ntitle: Tea: a history\nurl: https://a.example\n---\nx\n---\n",
            {"note": "a --- b", "title": "Tea: a history", "url": "https://a.example"},
            id="signs inside",
        ),
        pytest.param(
            "---\nDate (UTC): 1\nsources-checked: 2\nn: -5\n---\n",
            {"Date (UTC)": "1", "sources-checked": "2", "n": "-5"},
            id="names",
        ),
    ],
)
def test_a_header_is_keys_with_a_word_or_text_each(text: str, fields: dict[str, str]) -> None:
    assert read_front_matter(text) == fields


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("", "no front matter", id="empty file"),
        pytest.param("# T\nstatus: PASS\n", "no front matter", id="none"),
        pytest.param("\n---\nstatus: PASS\n---\n", "no front matter", id="not on the first line"),
        pytest.param("----\nstatus: PASS\n----\n", "no front matter", id="four hyphens"),
        pytest.param("---\nstatus: PASS\n", "without an end", id="no end"),
        pytest.param("---\nstatus: PASS\n...\n", "without an end", id="an end of dots"),
        pytest.param("---\nstatus: PASS\n ---\n", "without an end", id="an indented end"),
        pytest.param("---\nstatus: FAIL\nstatus: PASS\n---\n", "line 3 gives 'status' a second time", id="twice"),
        pytest.param("---\na: 1\nchild:\n  status: PASS\n---\n", "line 4 of the front matter", id="nested"),
        pytest.param("---\nstatus: >\n  FAIL\n---\n", "line 2: 'status' has a value that is more", id="block"),
        pytest.param("---\nstatus: |\n---\n", "more than a word", id="literal block"),
        pytest.param("---\ntags: [a, b]\n---\n", "more than a word", id="list in brackets"),
        pytest.param("---\ntags:\n- a\n---\n", "line 3", id="list of lines"),
        pytest.param("---\ntags: - a\n---\n", "more than a word", id="list in a line"),
        pytest.param("---\na: {b: 1}\n---\n", "more than a word", id="mapping"),
        pytest.param("---\na: &x 1\n---\n", "more than a word", id="anchor"),
        pytest.param("---\na: **PASS**\n---\n", "more than a word", id="alias"),
        pytest.param("---\na: !!str 1\n---\n", "more than a word", id="tag"),
        pytest.param('---\na: "PASS\n---\n', "more than a word", id="unclosed quote"),
        pytest.param('---\na: "PASS" FAIL\n---\n', "more than a word", id="text after the quotes"),
        pytest.param('---\na: "\\u0041"\n---\n', "more than a word", id="an escape"),
        pytest.param("---\nstatus:PASS\n---\n", "line 2 of the front matter is no `key: value`", id="no blank"),
        pytest.param("---\nPASS\n---\n", "no `key: value`", id="no key"),
        pytest.param('---\n"status": PASS\n---\n', "no `key: value`", id="quoted key"),
        pytest.param("---\nstatus: PASS\rstatus: FAIL\n---\n", "hidden character '\\r'", id="carriage return"),
        pytest.param("---\nstatus: FAIL\u200b\n---\n", "hidden character '\\u200b'", id="zero-width space"),
        pytest.param("---\na: " + "x" * MAX_CHARACTERS + "\n---\n", "more than the 16384 that are read", id="too long"),
    ],
)
def test_anything_else_in_it_makes_it_unreadable(text: str, problem: str) -> None:
    with pytest.raises(NoFrontMatter) as caught:
        read_front_matter(text)
    assert problem in str(caught.value)


@pytest.mark.parametrize("text", ["---\n" * 4_000_000, "---\n" + "-" * 16_000_000, "---\n" + " " * 16_000_000 + "x"])
def test_a_hostile_text_takes_no_longer_than_reading_it(text: str) -> None:
    began = time.monotonic()
    with suppress(NoFrontMatter):
        read_front_matter(text)
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("hidden", ["\u00ad", "\u034f", "\u061c", "\u180e", "\u200d", "\u3164", "\ufe0f", "\U000e0041"])
def test_a_word_with_something_in_it_that_nobody_sees_is_not_read_as_another_word(hidden: str) -> None:
    with pytest.raises(NoFrontMatter, match="line 2 of the front matter holds the hidden character"):
        read_front_matter(f"---\nstatus: FAIL{hidden}\n---\n")


def test_an_emoji_may_say_how_it_is_drawn() -> None:
    assert read_front_matter("---\ntitle: \u2764\ufe0f tea\n---\n") == {"title": "\u2764\ufe0f tea"}
