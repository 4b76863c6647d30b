"""Finds what a link can name of a Markdown text after `#`: headings, as GitHub names them, and ids in HTML."""

import re
from collections.abc import Iterable, Iterator
from typing import Final
from unicodedata import category, normalize

from gate_tests.parsers.markdown.block import Block, BlockKind, SpanKind
from gate_tests.parsers.markdown.parse import parse_blocks

_DROPPED: Final = re.compile(r"[^\w\- ]", re.ASCII)
_KEPT: Final = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Pc"))
"""Categories of characters."""
_MARKS_IN_EMOJI: Final = re.compile("[\ufe0e\ufe0f\u20e3\u200d]")
_OWN_NAME: Final = re.compile(r"\s*\{\s*#([\w.:-]{1,200})[^{}\n]{0,200}\}\s*\Z")
"""`## Heading {#name}`, of Pandoc, kramdown and others."""
_MAX_OWN_NAME: Final = 500  # characters
_MAX_HTML_HEADING: Final = 300


def find_anchors(text: str, path: str, max_bytes: int) -> frozenset[str]:
    """The names, as `simplify_anchor` makes them. Raises TooLargeToParse, see `parse_blocks`."""
    return frozenset(_find_anchors(parse_blocks(text, path, max_bytes)))


def simplify_anchor(anchor: str) -> str:
    """A name after `#`, to compare: without the prefix that GitHub gives it in HTML, and what emoji leave over."""
    return normalize("NFC", _MARKS_IN_EMOJI.sub("", anchor)).removeprefix("user-content-")


def _find_anchors(blocks: Iterable[Block]) -> Iterator[str]:
    counts: dict[str, int] = {}
    for block in blocks:
        yield from (simplify_anchor(span.target) for span in block.spans if span.kind is SpanKind.ANCHOR)
        if block.kind is BlockKind.HTML and len(block.text) <= _MAX_HTML_HEADING:
            yield _make_slug(_remove_images(block))  # it may be `<h2>`: nothing shows
        elif block.kind is BlockKind.HEADING:
            title = _remove_images(block)
            if own_name := _OWN_NAME.search(title[-_MAX_OWN_NAME:]):
                yield own_name[1]
                yield _make_slug(title[: len(title) - len(own_name[0])])
            yield _make_unique(_make_slug(title), counts)


def _remove_images(block: Block) -> str:
    """The text without the alternative texts of images, of which a heading's name has nothing."""
    parts, done = [], 0
    for span in block.spans:
        if span.kind is SpanKind.IMAGE and span.start >= done:
            parts.append(block.text[done : span.start])
            done = span.end
    return "".join([*parts, block.text[done:]])


def _make_slug(title: str) -> str:
    title = normalize("NFC", title).strip().lower()
    if title.isascii():
        title = _DROPPED.sub("", title)
    else:
        title = "".join(each for each in title if each in "- " or category(each) in _KEPT)
    return simplify_anchor(title.replace(" ", "-"))


def _make_unique(slug: str, counts: dict[str, int]) -> str:
    """The slug; with `-1`, `-2`, … if there was one before."""
    unique = slug
    while unique in counts:
        counts[slug] += 1
        unique = f"{slug}-{counts[slug]}"
    counts[unique] = 0
    return unique
