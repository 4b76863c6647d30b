"""The picture of a run: valid, legible in both modes, and with a text for those who do not see it."""

import re
from xml.etree import ElementTree

import pytest

from docs.generators.run_picture import ALT, COLOURS, Colours, draw_run

MODES = [pytest.param(colours, id=name) for name, colours in COLOURS.items()]
PAGES = {"light": "#ffffff", "dark": "#0d1117"}


@pytest.mark.quick("*")
@pytest.mark.parametrize("colours", MODES)
def test_it_is_xml_with_a_text_for_those_who_do_not_see_it(colours: Colours) -> None:
    svg = ElementTree.fromstring(draw_run(colours))
    assert svg.findtext("{http://www.w3.org/2000/svg}title") == ALT
    assert svg.get("role") == "img"


@pytest.mark.quick("*")
@pytest.mark.parametrize("colours", MODES)
def test_nothing_lies_outside_of_it(colours: Colours) -> None:
    svg = ElementTree.fromstring(draw_run(colours))
    for box in svg.iter("{http://www.w3.org/2000/svg}rect"):
        assert int(box.get("x", 0)) + int(box.get("width", 0)) <= int(svg.get("width", 0))
        assert int(box.get("y", 0)) + int(box.get("height", 0)) <= int(svg.get("height", 0))


@pytest.mark.quick("*")
@pytest.mark.parametrize("mode", COLOURS)
def test_its_texts_have_the_contrast_that_wcag_requires(mode: str) -> None:
    colours = COLOURS[mode]
    texts = (colours.text, colours.muted, colours.accent, colours.passed, colours.failed)
    grounds = (colours.box, colours.panel, PAGES[mode])
    assert [(text, ground) for text in texts for ground in grounds if contrast(text, ground) < 4.5] == []


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours `#rrggbb`, 1 to 21, as WCAG 2 defines it."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of a colour, 0 to 1."""
    shares = [int(part, 16) / 255 for part in re.findall("[0-9a-f]{2}", colour)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_contrast_of_black_and_white_is_the_largest() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1
