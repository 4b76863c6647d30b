from time import process_time

import pytest

from gate_tests.parsers.markdown_code import LineCounter, blank_code_blocks, blank_code_spans, blank_out


def visible(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        pytest.param("a\n```\nb\n```\nc", "a c", id="a fence"),
        pytest.param("a\n~~~ sh\nb\n```\n~~~~\nc", "a c", id="is closed by its own marks, as many or more"),
        pytest.param("a\n````\nb\n```\nc\n````\nd", "a d", id="not by fewer"),
        pytest.param("a\n```\nb\n``` x\nc\n```\nd", "a d", id="nor with something behind them"),
        pytest.param("a\n```\nb", "a", id="nothing closes it"),
        pytest.param("- a\n  ```\n  b\n  ```\n  c", "- a c", id="in a list"),
        pytest.param("- ```\n  b\n  ```\n- c", "- c", id="as an item"),
        pytest.param("> ```\n> b\n> ```\n> c", "> c", id="in a block quote"),
        pytest.param("a ```b``` c", "a ```b``` c", id="backticks inside a line are none"),
        pytest.param("```a``` b\nc", "```a``` b c", id="nor those with more of them behind"),
        pytest.param("    b\nc", "b c", id="indented text is prose"),
        pytest.param("---\nb: c\n---\na", "a", id="front matter"),
        pytest.param("---\na", "--- a", id="a line is none"),
        pytest.param("", "", id="empty"),
    ],
)
def test_fenced_code_and_front_matter_are_no_prose(text: str, prose: str) -> None:
    blank = blank_code_blocks(text)
    assert visible(blank) == prose
    assert [len(line) for line in blank.split("\n")] == [len(line) for line in text.split("\n")]


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        pytest.param("a `b` c", "a c", id="one backtick"),
        pytest.param("a ``b ` c`` d", "a d", id="two"),
        pytest.param("a `b\nc` d", "a d", id="over a line end"),
        pytest.param("a `b\n\nc` d", "a `b c` d", id="not over paragraphs"),
        pytest.param("a ``b` c", "a ``b` c", id="without a partner"),
        pytest.param("`a` b `c`", "b", id="twice"),
    ],
)
def test_code_inside_a_line_is_blanked_out(text: str, prose: str) -> None:
    assert visible(blank_code_spans(text)) == prose


def test_parts_that_overlap_are_blanked_out_once() -> None:
    assert blank_out("abcdefg", [(1, 4), (2, 3), (3, 5)]) == "a    fg"


def test_places_have_lines() -> None:
    counter = LineCounter("a\nb\n\nc")
    assert [counter.line(place) for place in (0, 1, 2, 2, 5)] == [1, 1, 2, 2, 4]


@pytest.mark.parametrize("piece", ["`", "` ", "```\n", "\n", " ", "> ", "- ", "~", "---\n", "1"])
def test_a_mebibyte_of_anything_takes_no_longer_than_its_size(piece: str) -> None:
    text = piece * (1 << 20 >> len(piece) - 1)
    began = process_time()
    blank_code_spans(blank_code_blocks(text))
    assert process_time() - began < 20
