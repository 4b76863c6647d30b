"""The picture of a run in README, as an SVG for light and one for dark pages."""

from collections.abc import Mapping
from typing import Final, NamedTuple

DIRECTORY: Final = "docs/images"
_WIDTH: Final = 880
_HEIGHT: Final = 418
_SANS: Final = "-apple-system, BlinkMacSystemFont, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif"
_MONO: Final = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace"

ALT: Final = (
    "A run goes through the gates G1, G2 and G3. At each gate an agent or a person gets a prompt packet and writes "
    "artifacts; checks made from the gate's contract judge them. After a FAIL the next attempt's packet begins with "
    "what failed; after a PASS the next gate starts. Each attempt is a file of the record, which is committed to git."
)
"""What the picture shows, for those who do not see it; README has the same text."""


class Colours(NamedTuple):
    """The colours of a picture: those of GitHub's pages."""

    text: str
    muted: str
    line: str
    box: str
    panel: str
    accent: str
    passed: str
    failed: str


COLOURS: Final[Mapping[str, Colours]] = {
    "light": Colours("#1f2328", "#59636e", "#818b98", "#ffffff", "#f6f8fa", "#0969da", "#1a7f37", "#cf222e"),
    "dark": Colours("#f0f6fc", "#9198a1", "#656c76", "#0d1117", "#151b23", "#4493f8", "#3fb950", "#f85149"),
}


def generate() -> dict[str, str]:
    """The two files by their paths."""
    return {f"{DIRECTORY}/run-{name}.svg": draw_run(colours) for name, colours in COLOURS.items()}


def draw_run(colours: Colours) -> str:
    """The whole picture."""
    parts = [*_draw_gates(colours), *_draw_attempts(colours), *_draw_record(colours)]
    return "\n".join([_open(colours), *parts, "</svg>", ""])


def _draw_gates(colours: Colours) -> list[str]:
    """The first row: the run and its gates."""
    return [
        _text(16, 37, "run", colours.text, size=15, weight=600),
        _text(50, 37, "v1-0", colours.muted, size=13, family=_MONO),
        _box(130, 12, 190, 40, colours, edge=colours.passed),
        _text(146, 37, "gate G1  Research", colours.text),
        _text(306, 37, "PASS", colours.passed, weight=600, anchor="end"),
        _arrow("M320,32 H398", colours.line),
        _box(400, 12, 190, 40, colours, edge=colours.accent, width=2),
        _text(416, 37, "gate G2  Draft", colours.text),
        _text(574, 37, "PASS", colours.passed, weight=600, anchor="end"),
        _arrow("M590,32 H668", colours.line),
        _box(670, 12, 194, 40, colours, dash=True),
        _text(686, 37, "gate G3  Review", colours.text),
        _text(848, 37, "not started", colours.muted, size=12, anchor="end"),
    ]


def _draw_attempts(colours: Colours) -> list[str]:
    """The second row: what happens at one gate."""
    return [
        f'<path d="M400,50 L16,88 M590,50 L864,88" stroke="{colours.accent}" stroke-dasharray="3 4" fill="none"/>',
        _box(16, 84, 848, 222, colours, fill=colours.panel, edge=colours.accent),
        _box(556, 98, 180, 46, colours),
        _text(646, 118, "contract", colours.text, weight=600, anchor="middle"),
        _text(646, 135, "G2.contract.json", colours.muted, size=12, family=_MONO, anchor="middle"),
        _arrow("M646,144 V180", colours.line),
        _arrow("M556,121 H136 V180", colours.line, dash=True),
        _step(36, 200, "prompt packet", "the task, and what", "will be checked", colours),
        _arrow("M236,218 H294", colours.line),
        _step(296, 200, "agent or person", "writes the artifacts:", "files in the repository", colours),
        _arrow("M496,218 H554", colours.line),
        _step(556, 180, "checks", "one pytest item for", "each rule", colours),
        _arrow("M736,218 H790", colours.passed),
        _text(798, 223, "PASS", colours.passed, size=16, weight=700),
        _text(798, 241, "next gate", colours.muted, size=12),
        _arrow("M646,254 V284 H136 V256", colours.failed),
        _text(656, 280, "FAIL", colours.failed, size=16, weight=700),
        _text(391, 276, "attempt 2: its packet begins with what failed", colours.failed, size=13, anchor="middle"),
    ]


def _draw_record(colours: Colours) -> list[str]:
    """The third row: what is recorded."""
    return [
        _arrow("M440,306 V342", colours.line),
        _text(452, 330, "each attempt is recorded, and never changes", colours.muted, size=13),
        _box(16, 344, 848, 60, colours),
        _text(32, 370, "record, in git", colours.text, weight=600),
        _text(32, 389, "with SHA-256 hashes", colours.muted, size=12),
        *_file(190, 134, "RUN.json", "the run", colours.muted, colours),
        *_file(336, 170, "G1/attempt-1.json", "PASS", colours.passed, colours),
        *_file(518, 162, "G2/attempt-1.json", "FAIL", colours.failed, colours),
        *_file(692, 162, "G2/attempt-2.json", "PASS", colours.passed, colours),
    ]


def _open(colours: Colours) -> str:
    heads = "".join(
        f'<marker id="head-{colour[1:]}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" '
        f'orient="auto"><path d="M0,0 L8,4 L0,8 Z" fill="{colour}"/></marker>'
        for colour in sorted({colours.line, colours.passed, colours.failed})
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" '
        f'height="{_HEIGHT}" role="img" aria-labelledby="title" font-family="{_SANS}" font-size="14">\n'
        f'<title id="title">{ALT}</title>\n<defs>{heads}</defs>'
    )


def _step(x: int, width: int, title: str, first: str, second: str, colours: Colours) -> str:
    middle = x + width // 2
    return "\n".join([
        _box(x, 182, width, 72, colours),
        _text(middle, 204, title, colours.text, weight=600, anchor="middle"),
        _text(middle, 224, first, colours.muted, size=13, anchor="middle"),
        _text(middle, 241, second, colours.muted, size=13, anchor="middle"),
    ])  # fmt: skip


def _file(x: int, width: int, name: str, content: str, colour: str, colours: Colours) -> list[str]:
    return [
        _box(x, 352, width, 44, colours, fill=colours.panel),
        _text(x + 12, 371, name, colours.text, size=12, family=_MONO),
        _text(x + 12, 388, content, colour, size=12, weight=600),
    ]


def _box(
    x: int,
    y: int,
    width_px: int,
    height_px: int,
    colours: Colours,
    *,
    fill: str | None = None,
    edge: str | None = None,
    width: int = 1,
    dash: bool = False,
) -> str:
    dashes = ' stroke-dasharray="5 4"' if dash else ""
    return (
        f'<rect x="{x}" y="{y}" width="{width_px}" height="{height_px}" rx="6" fill="{fill or colours.box}" '
        f'stroke="{edge or colours.line}" stroke-width="{width}"{dashes}/>'
    )


def _text(
    x: int, y: int, text: str, colour: str, *, size: int = 14, weight: int = 400, anchor: str = "", family: str = ""
) -> str:
    more = f' text-anchor="{anchor}"' if anchor else ""
    more += f' font-family="{family}"' if family else ""
    return f'<text x="{x}" y="{y}" fill="{colour}" font-size="{size}" font-weight="{weight}"{more}>{text}</text>'


def _arrow(path: str, colour: str, *, dash: bool = False) -> str:
    dashes = ' stroke-dasharray="5 4"' if dash else ""
    head = f"url(#head-{colour[1:]})"
    return f'<path d="{path}" stroke="{colour}" stroke-width="1.5" fill="none"{dashes} marker-end="{head}"/>'
