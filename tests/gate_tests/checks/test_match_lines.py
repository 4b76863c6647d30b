import time

import pytest

from gate_tests.checks.match_lines import MatchLines


def find_lines(text: str, sought: str = "x") -> MatchLines:
    matches = MatchLines()
    matches.add(text, [offset for offset, character in enumerate(text) if character == sought])
    return matches


@pytest.mark.quick("*")
@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "no match", id="none"),
        pytest.param("x", "1 match on line 1", id="one, at the start"),
        pytest.param("\n\n x", "1 match on line 3", id="one further on"),
        pytest.param("xx\n\nx\nxx", "5 matches on lines 1, 3, 4", id="several on a line"),
        pytest.param("x\n" * 10, "10 matches on lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10", id="as many lines as are told"),
        pytest.param("xx\n" * 12, "24 matches on lines 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 2 more", id="more lines"),
    ],
)
def test_matches_are_told_with_their_lines(text: str, words: str) -> None:
    assert str(find_lines(text)) == words


def test_a_match_of_a_line_end_is_on_the_line_that_it_ends() -> None:
    assert str(find_lines("a\n\nb\n", "\n")) == "3 matches on lines 1, 2, 3"


@pytest.mark.parametrize("text", ["x" * 200_000, "x\n" * 200_000, "\n" * 200_000 + "x", "x" + " " * 400_000 + "x"])
def test_each_part_of_a_text_is_read_once(text: str) -> None:
    started = time.monotonic()
    find_lines(text)
    assert time.monotonic() - started < 2
