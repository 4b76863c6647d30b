"""The pages about the check types are in step with the types."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from docs.build_check_pages import INDEX, build_check_page, build_index_page, build_pages, write_pages
from gate_tests.checks.registry import BUILT_IN_TYPES, check_type
from gate_tests.checks.types.min_sources import CHECK_TYPE as MIN_SOURCES
from tests.support import CHECKOUT

FOLDER = CHECKOUT / "docs/checks"
MEND = "python docs/build_check_pages.py docs/checks"


def out_of_step(folder: Path, wanted: Mapping[str, str]) -> list[str]:
    """The pages that are not as they should be, in words, each with what mends it."""
    present = {path.name: path.read_text("utf-8") for path in folder.iterdir()}
    stale = [f"docs/checks/{name} is out of step: {MEND}" for name in wanted if present.get(name) != wanted[name]]
    left_over = [f"docs/checks/{name} is about no check type: git rm it" for name in present if name not in wanted]
    return stale + left_over


def test_the_pages_are_those_that_the_types_make() -> None:
    assert out_of_step(FOLDER, build_pages()) == []


def test_a_page_that_is_out_of_step_is_named_with_the_command_that_mends_it(tmp_path: Path) -> None:
    write_pages(tmp_path)
    assert out_of_step(tmp_path, build_pages()) == []
    (tmp_path / "min_sources.md").write_text("old", "utf-8")
    (tmp_path / "not_contains.md").unlink()
    (tmp_path / "gone.md").write_text("old", "utf-8")
    assert out_of_step(tmp_path, build_pages()) == [
        f"docs/checks/min_sources.md is out of step: {MEND}",
        f"docs/checks/not_contains.md is out of step: {MEND}",
        "docs/checks/gone.md is about no check type: git rm it",
    ]


def test_a_page_tells_every_key_with_its_default_and_every_measure() -> None:
    page = build_check_page(MIN_SOURCES)
    assert page.startswith(
        "# `min_sources`\n\nPasses if the number of sources that the file names is at least the threshold for the "
        "run's depth.\n"
    )
    assert "| `target` | text, required | A path relative to the root, POSIX style." in page
    assert "| `thresholds` | object, required | A number for each depth, and/or `default` for the others. |" in page
    assert 'default `"count_source_headings_or_urls"`' in page
    assert "| `count` | number of sources |" in page


def test_a_bar_in_a_text_ends_no_cell_of_a_table() -> None:
    barred = replace(MIN_SOURCES, summary="a|b")
    assert r"| [`min_sources`](min_sources.md) | a\|b |" in build_index_page([barred])


def test_the_index_leads_to_every_page() -> None:
    assert all(f"[`{name}`]({name}.md)" in build_pages()[INDEX] for name in BUILT_IN_TYPES)


@pytest.mark.parametrize("name", BUILT_IN_TYPES)
def test_a_type_says_all_that_its_page_wants(name: str) -> None:
    each = check_type(name)
    assert not each.summary.startswith("passes if"), "the page says that already"
    assert not each.summary.endswith("."), "the page puts the point"
    for key, fragment in each.keys.items():
        assert "$ref" in fragment or fragment.get("description"), f"{key} is not described"
