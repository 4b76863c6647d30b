"""The drawing of the growth: well-formed, with every point, the same for the same numbers."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks.growth import DRAWING, NUMBERS, SUBJECTS, measure
from benchmarks.measure.drawing import Curve, Panel, draw

PANEL = Panel(
    "Outputs <in> one & all",
    "outputs",
    Curve("orch gate finish", ((10, 0.2), (1_000, 0.4), (50_000, 6.0))),
    Curve("pytest", ((10, 0.2), (1_000, 0.7), (50_000, 30.0))),
)
SVG = "{http://www.w3.org/2000/svg}"


def circles(svg: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(svg).iter(f"{SVG}circle"))


def test_every_point_is_drawn_and_told() -> None:
    told = [circle.findtext(f"{SVG}title") for circle in circles(draw([PANEL, PANEL]))]
    assert len(told) == 2 * 6
    assert {"orch gate finish, 50,000: 6 s", "pytest, 10: 0.2 s"} <= set(told)


def test_every_point_lies_inside_and_what_is_more_lies_further_right_and_up() -> None:
    root = ElementTree.fromstring(draw([PANEL]))
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    places = [(float(each.attrib["cx"]), float(each.attrib["cy"])) for each in root.iter(f"{SVG}circle")]
    assert all(0 < x < width and 0 < y < height for x, y in places)
    (left, low), _, (right, high) = places[3:]
    assert left < right
    assert high < low


def test_the_axes_tell_their_units() -> None:
    words = [text.text for text in ElementTree.fromstring(draw([PANEL])).iter(f"{SVG}text")]
    assert {"outputs", "10", "100,000", "0.1 s", "100 s"} <= set(words)


def test_the_same_numbers_give_the_same_drawing() -> None:
    assert draw([PANEL]) == draw([Panel.from_json(json.loads(json.dumps(PANEL.to_json())))])


def test_the_drawing_in_the_docs_is_that_of_the_numbers_beside_it() -> None:
    panels = [Panel.from_json(panel) for panel in json.loads(NUMBERS.read_text("utf-8"))]
    assert DRAWING.read_text("utf-8") == draw(panels)


def test_the_numbers_in_the_docs_are_of_the_sizes_that_are_measured() -> None:
    panels = [Panel.from_json(panel) for panel in json.loads(NUMBERS.read_text("utf-8"))]
    for panel, subject in zip(panels, SUBJECTS, strict=True):
        sizes = tuple(size for size, _ in panel.ours.points)
        assert sizes == tuple(size for size, _ in panel.yardstick.points) == subject.sizes


@pytest.mark.slow
def test_a_subject_is_measured_at_the_sizes_asked_for(tmp_path: Path) -> None:
    panel = measure(SUBJECTS[2], (1, 2))
    assert [size for size, _ in panel.ours.points] == [1, 2]
    assert all(seconds > 0 for _, seconds in panel.points)
