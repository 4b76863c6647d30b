"""The pages about the check types say all that a contract author has to know."""

from dataclasses import replace

import pytest

from docs.generators.check_pages import INDEX, build_check_page, build_index_page, build_pages
from gate_tests.checks.registry import BUILT_IN_TYPES, check_type
from gate_tests.checks.types.min_sources import CHECK_TYPE as MIN_SOURCES


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
