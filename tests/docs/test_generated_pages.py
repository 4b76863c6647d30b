"""Every generated page is in step with the code."""

from pathlib import Path

import pytest

from docs.generators.__main__ import list_left_over
from docs.generators.generated import generate_all
from docs.generators.page_files import replace_part
from tests.support import CHECKOUT

FIX = "python -m docs.generators"


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    """The pages as the code makes them."""
    return generate_all()


def test_the_pages_are_those_that_the_code_makes(pages: dict[str, str]) -> None:
    stale = [path for path, text in pages.items() if not _is_current(path, text)]
    assert (stale, list_left_over(CHECKOUT, pages)) == ([], []), f"out of date; write them again with: {FIX}"


def _is_current(path: str, text: str) -> bool:
    page = CHECKOUT / path
    return page.is_file() and page.read_text("utf-8") == text


def test_a_page_that_nothing_generates_any_more_is_reported(tmp_path: Path, pages: dict[str, str]) -> None:
    directory = tmp_path / "docs/reference/checks"
    directory.mkdir(parents=True)
    (directory / "gone.md").write_text("old", "utf-8")
    assert list_left_over(tmp_path, pages) == ["docs/reference/checks/gone.md"]


def test_a_part_is_replaced_between_its_markers_and_nothing_else() -> None:
    page = "a\n<!-- generated: x -->\nold\n<!-- end: x -->\nb\n"
    assert replace_part(page, "x", "new") == "a\n<!-- generated: x -->\n\nnew\n\n<!-- end: x -->\nb\n"


def test_a_page_without_the_markers_is_an_error() -> None:
    with pytest.raises(ValueError, match="no markers <!-- generated: x -->"):
        replace_part("a", "x", "new")
