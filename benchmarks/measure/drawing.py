"""Draws how things grow: small pictures side by side, both axes logarithmic, as one SVG.

The same numbers give the same bytes. The picture brings its own light ground, so that it can be read on a dark page.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

Point = tuple[float, float]

_WIDTH, _HEIGHT = 320, 380
_LEFT, _RIGHT, _TOP, _BOTTOM = 58, 20, 96, 62
_MARGIN, _TITLE = 12, 44
_INK, _PALE, _GROUND, _GRID = "#1f2328", "#59636e", "#ffffff", "#d8dee4"
_OURS, _YARDSTICK = "#0b62c4", "#bc4c00"
_STYLE = f"""\
text {{ font-family: system-ui, 'DejaVu Sans', 'Helvetica Neue', Arial, sans-serif; font-size: 12px; fill: {_INK}; }}
.small {{ font-size: 11px; fill: {_PALE}; }}
.title {{ font-size: 14px; font-weight: 600; }}
.grid {{ stroke: {_GRID}; stroke-width: 1; }}
.ours {{ stroke: {_OURS}; stroke-width: 2.5; fill: none; }}
.yardstick {{ stroke: {_YARDSTICK}; stroke-width: 2; stroke-dasharray: 6 4; fill: none; }}
circle.ours {{ fill: {_OURS}; stroke: none; }}
circle.yardstick {{ fill: {_YARDSTICK}; stroke: none; }}"""


@dataclass(frozen=True)
class Curve:
    """A name and its points: how many, how many seconds."""

    name: str
    points: tuple[Point, ...]

    def to_json(self) -> dict[str, Any]:
        """`{name, points: [[size, seconds]]}`."""
        return {"name": self.name, "points": [list(point) for point in self.points]}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Curve":
        """The same, read."""
        return cls(data["name"], tuple((size, seconds) for size, seconds in data["points"]))


@dataclass(frozen=True)
class Panel:
    """One small picture: our command and its yardstick."""

    title: str
    unit: str
    ours: Curve
    yardstick: Curve

    def to_json(self) -> dict[str, Any]:
        """`{title, unit, ours, yardstick}`."""
        curves = {"ours": self.ours.to_json(), "yardstick": self.yardstick.to_json()}
        return {"title": self.title, "unit": self.unit, **curves}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Panel":
        """The same, read."""
        curves = (Curve.from_json(data[key]) for key in ("ours", "yardstick"))
        return cls(data["title"], data["unit"], *curves)

    @property
    def points(self) -> tuple[Point, ...]:
        """All of them."""
        return self.ours.points + self.yardstick.points


@dataclass(frozen=True)
class Axes:
    """Where a point lies in a panel. Each axis runs over whole powers of ten: `sizes`, `seconds` are exponents."""

    left: float
    sizes: tuple[int, int]
    seconds: tuple[int, int]

    def x(self, size: float) -> float:
        """From the left edge of the drawing."""
        return self.left + _LEFT + _share(size, self.sizes) * (_WIDTH - _LEFT - _RIGHT)

    def y(self, seconds: float) -> float:
        """From its top."""
        return _TITLE + _HEIGHT - _BOTTOM - _share(seconds, self.seconds) * (_HEIGHT - _TOP - _BOTTOM)


def draw(panels: Sequence[Panel]) -> str:
    """The drawing. All panels have the same scale of seconds, so that they can be compared."""
    width, height = 2 * _MARGIN + _WIDTH * len(panels), _TITLE + _HEIGHT
    seconds = _decades(seconds for panel in panels for _, seconds in panel.points)
    body = [line for index, panel in enumerate(panels) for line in _panel(panel, _MARGIN + index * _WIDTH, seconds)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
            ' role="img" aria-labelledby="title desc">',
            '<title id="title">How the time grows with the work</title>',
            f'<desc id="desc">{escape(" ".join(_told(panel) for panel in panels))}</desc>',
            f"<style>\n{_STYLE}\n</style>",
            f'<rect width="{width}" height="{height}" rx="8" fill="{_GROUND}" stroke="{_GRID}"/>',
            _text(_MARGIN + 16, 32, "How the time grows with the work", style="title"),
            _text(width - _MARGIN - _RIGHT, 32, "time of the whole command; both axes logarithmic", "end", "small"),
            *body,
            "</svg>\n",
        ]
    )


def _panel(panel: Panel, left: float, seconds: tuple[int, int]) -> Iterator[str]:
    axes = Axes(left, _decades(size for size, _ in panel.points), seconds)
    yield "<g>"
    yield _text(left + 16, _TITLE + 26, panel.title, style="title")
    yield from _legend(panel, left + 16)
    yield from _grid(axes)
    yield _text(
        (axes.x(10 ** axes.sizes[0]) + axes.x(10 ** axes.sizes[1])) / 2, _TITLE + _HEIGHT - 18, panel.unit, "middle"
    )
    for style, curve in (("yardstick", panel.yardstick), ("ours", panel.ours)):
        yield from _curve(curve, axes, style)
    yield "</g>"


def _legend(panel: Panel, left: float) -> Iterator[str]:
    for row, (style, curve) in enumerate((("ours", panel.ours), ("yardstick", panel.yardstick))):
        y = _TITLE + 48 + 18 * row
        yield f'<line class="{style}" x1="{_n(left)}" y1="{y - 4}" x2="{_n(left + 28)}" y2="{y - 4}"/>'
        yield _text(left + 36, y, curve.name)


def _grid(axes: Axes) -> Iterator[str]:
    left, right = (axes.x(10**exponent) for exponent in axes.sizes)
    bottom, top = (axes.y(10**exponent) for exponent in axes.seconds)
    for exponent in range(axes.seconds[0], axes.seconds[1] + 1):
        y = axes.y(10**exponent)
        yield f'<line class="grid" x1="{_n(left)}" y1="{_n(y)}" x2="{_n(right)}" y2="{_n(y)}"/>'
        yield _text(left - 8, y + 4, f"{10**exponent:g} s", "end", "small")
    for exponent in range(axes.sizes[0], axes.sizes[1] + 1):
        x = axes.x(10**exponent)
        yield f'<line class="grid" x1="{_n(x)}" y1="{_n(top)}" x2="{_n(x)}" y2="{_n(bottom)}"/>'
        yield _text(x, bottom + 18, f"{10**exponent:,}", "middle", "small")


def _curve(curve: Curve, axes: Axes, style: str) -> Iterator[str]:
    places = [(axes.x(size), axes.y(seconds), size, seconds) for size, seconds in curve.points]
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y, _, _ in places)
    yield f'<polyline class="{style}" points="{path}"/>'
    for x, y, size, seconds in places:
        told = escape(f"{curve.name}, {size:,}: {seconds:g} s")
        yield f'<circle class="{style}" cx="{_n(x)}" cy="{_n(y)}" r="3.5"><title>{told}</title></circle>'


def _text(x: float, y: float, words: str, anchor: str = "start", style: str = "") -> str:
    styled = f' class="{style}"' if style else ""
    return f'<text x="{_n(x)}" y="{_n(y)}" text-anchor="{anchor}"{styled}>{escape(words)}</text>'


def _told(panel: Panel) -> str:
    """The panel in words, for those who cannot see it."""
    ends = [
        f"{curve.name} from {curve.points[0][1]:g} s at {curve.points[0][0]:,} to {curve.points[-1][1]:g} s at"
        f" {curve.points[-1][0]:,}"
        for curve in (panel.ours, panel.yardstick)
    ]
    return f"{panel.title}: {'; '.join(ends)}."


def _decades(values: Iterable[float]) -> tuple[int, int]:
    """The exponents of the powers of ten that enclose the values."""
    logs = [math.log10(value) for value in values]
    low, high = math.floor(min(logs)), math.ceil(max(logs))
    return low, max(high, low + 1)


def _share(value: float, decades: tuple[int, int]) -> float:
    low, high = decades
    return (math.log10(value) - low) / (high - low)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
