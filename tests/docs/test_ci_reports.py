"""The page about the reports of `orch ci` has every format, with the docstring of its module."""

from docs.generators.ci_reports import PAGE, format_docstring
from docs.generators.page_files import read_page
from runner.reports.formats import FORMATS


def test_every_format_has_a_row_and_a_section() -> None:
    page = read_page(PAGE)
    for name in FORMATS:
        assert f"| [`{name}`](#{name}) |" in page
        assert f"\n## {name}\n" in page


def test_what_is_indented_in_a_docstring_is_a_block() -> None:
    docstring = "Head.\n\n    {\n      1\n\n    }\n\nTail\nof two lines.\n"
    block = "```text\n{\n  1\n```\n\n```text\n}\n```"
    assert format_docstring(docstring) == f"Head.\n\n{block}\n\nTail\nof two lines."
