"""The Markdown document: what it says, and where it is cut."""

from runner.reports.markdown import render, render_document
from runner.reports.markdown_table import Table, format_code, format_tables
from tests.support.sample_report import CONTRACT, PASSED, SAMPLE, make_large_report, make_report


def test_it_has_the_result_the_gates_what_failed_and_what_was_found() -> None:
    lines = render(SAMPLE).splitlines()
    assert lines[0] == "## orch ci: FAIL"
    assert lines[2] == "1 of 3 gates failed, 1 without a verdict, 1 check warned, 2 errors, 2 warnings"
    assert [line for line in lines if line.startswith("### ")] == [
        "### Gates",
        "### Failed checks",
        "### Findings",
        "### Checks that warned",
    ]
    assert f"| `at least 8 sources` | `3 (2 distinct headings)` | `{CONTRACT}:42` |" in render(SAMPLE)


def test_gates_that_do_not_pass_come_first() -> None:
    rows = render(SAMPLE).partition("### Gates")[2].partition("###")[0].splitlines()[4:7]
    assert [row.split(" | ")[1] for row in rows] == ["**FAIL**", "**no verdict**", "PASS"]


def test_a_pass_has_no_empty_table() -> None:
    assert render(PASSED).count("###") == 1


def test_a_comment_has_room_for_the_end_of_each_table() -> None:
    document = render(make_large_report(500))
    assert len(document.encode()) < 32_768
    assert document.count(" more ") == 2


def test_notes_that_are_left_out_are_counted() -> None:
    document = render(make_report(notes=tuple(f"note {each}" for each in range(5))))
    assert "- `note 2`\n- and 2 more notes\n" in document
    assert "more note" not in render(SAMPLE)


def test_a_document_without_room_keeps_the_result() -> None:
    assert render_document(make_large_report(9), 2000).startswith("## orch ci: FAIL\n\n1 of 1 gate failed, 9 errors\n")


def test_code_ends_at_no_backtick_of_the_text() -> None:
    assert format_code("a `b` ``c``") == "``` a `b` ``c`` ```"


def test_a_pipe_does_not_end_a_cell() -> None:
    assert format_code(r"a | b \| c") == r"`a \| b \\| c`"


def test_what_one_table_leaves_over_the_next_may_use() -> None:
    rows = [("x" * 90,)] * 20
    small, large = Table("A", ("a",), rows[:1], "row"), Table("B", ("b",), rows, "row")
    assert "more" not in format_tables([small, large], 2200)
    cut = format_tables([large, small], 1500)
    assert "more rows" in cut
    assert len(cut.encode()) <= 1500
