"""The picture of the architecture is in step with the layers and the imports."""

from docs.build_architecture import PAGE, draw, with_picture


def test_the_page_shows_the_layers_and_imports_as_they_are() -> None:
    page = PAGE.read_text("utf-8")
    assert with_picture(page) == page, "out of step; write it anew with: python docs/build_architecture.py"


def test_a_page_without_the_picture_gets_it_where_its_markers_are() -> None:
    before, _, rest = PAGE.read_text("utf-8").partition("```text")
    emptied = before + rest[rest.index("<!-- end -->") :]
    assert with_picture(emptied) == PAGE.read_text("utf-8")


def test_layers_are_drawn_from_the_top_down_and_both_packages_side_by_side() -> None:
    picture = draw({"runner": [["cli"]], "gate_tests": [["compiler", "lint"], ["files"]]})
    assert picture.splitlines()[1].split() == ["runner", "gate_tests"]
    assert "│ cli │" in picture
    assert picture.index("compiler   lint") < picture.index("▼") < picture.index("files")
