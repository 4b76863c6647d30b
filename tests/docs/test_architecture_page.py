"""The picture of the architecture shows the layers from the top down."""

from docs.generators.architecture import draw, read_layers


def test_layers_are_drawn_from_the_top_down_and_both_packages_side_by_side() -> None:
    picture = draw({"runner": [["cli"]], "gate_tests": [["compiler", "lint"], ["files"]]})
    assert picture.splitlines()[1].split() == ["runner", "gate_tests"]
    assert "│ cli │" in picture
    assert picture.index("compiler   lint") < picture.index("▼") < picture.index("files")


def test_the_picture_fits_on_a_screen() -> None:
    assert max(map(len, draw(read_layers()).splitlines())) <= 100
