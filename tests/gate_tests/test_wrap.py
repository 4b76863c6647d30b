"""A long line is broken at blanks, with a hanging indent, and nothing of it is lost."""

import pytest

from gate_tests.wrap import count_cells, wrap_line
from runner.cli.terminal.styles import style


@pytest.mark.parametrize(
    ("line", "columns", "wrapped"),
    [
        pytest.param("  found     one two", 40, "  found     one two", id="short"),
        pytest.param("  found     one two three", None, "  found     one two three", id="no terminal"),
        pytest.param("  found     one two three", 20, "  found     one two\n            three", id="below the text"),
        pytest.param("one two three", 8, "one two\nthree", id="no label"),
        pytest.param("    one two three", 12, "    one two\n    three", id="indented"),
        pytest.param("  found     a/b/c/d/e/f/g/h x", 16, "  found     a/b/c/d/e/f/g/h\n            x", id="long word"),
        pytest.param("has ## One, ## Two", 14, "has ## One,\n## Two", id="heading"),
        pytest.param("  found     東京 東京", 18, "  found     東京\n            東京", id="wide characters"),
    ],
)
def test_a_line_is_broken_at_blanks(line: str, columns: int | None, wrapped: str) -> None:
    assert wrap_line(line, columns) == wrapped


def test_the_lines_after_the_first_can_be_indented_further() -> None:
    assert wrap_line("  one two three", 9, 2) == "  one two\n    three"


def test_colours_take_no_width() -> None:
    line = f"{style('FAIL', 'red', bold=True)}  one two three"
    assert wrap_line(line, 19) == line
    assert wrap_line(line, 14) == f"{style('FAIL', 'red', bold=True)}  one two\n      three"


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_nothing_is_lost(columns: int) -> None:
    line = "  because   " + " ".join(f"word{number}" for number in range(200))
    wrapped = wrap_line(line, columns)
    assert " ".join(wrapped.split()) == " ".join(line.split())
    assert max(map(len, wrapped.split("\n"))) <= columns


@pytest.mark.parametrize(("text", "cells"), [("abc", 3), ("東", 2), ("e\u0301", 1), ("\x1b[31mred\x1b[0m", 3)])
def test_the_width_of_a_text_is_that_in_a_terminal(text: str, cells: int) -> None:
    assert count_cells(text) == cells
