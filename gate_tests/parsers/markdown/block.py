"""A block of a Markdown text: a heading, a paragraph or such, as a reader sees it."""

from bisect import bisect_right
from enum import StrEnum
from typing import NamedTuple


class Flavor(StrEnum):
    """Which Markdown a text is written in."""

    COMMONMARK = "commonmark"
    MDX = "mdx"  # has comments in braces and JavaScript, and no indented code
    PLAIN = "plain"  # a text file that is not called Markdown: what is indented is no code


class BlockKind(StrEnum):
    """What a block is. Code blocks and comments are none."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    TABLE_ROW = "table_row"  # a line of a table, with its `|`
    HTML = "html"  # a paragraph in HTML
    DEFINITION = "definition"  # of a link: `[label]: target`; has a span, but no text


class SpanKind(StrEnum):
    """What a part of a block's text is."""

    CODE = "code"  # a code span
    STRONG = "strong"
    LINK = "link"  # a Markdown, HTML or reference link; an autolink such as `<https://example.org>` too
    IMAGE = "image"  # its text is the alternative text
    ANCHOR = "anchor"  # has no text; its target is an `id` in HTML, or the `name` of an `<a>`


class Span(NamedTuple):
    """A part of a block's text, from the offset `start` to before `end`. `target`: of a link or an image, decoded.

    Of what is strong it is the marks `__`, which may belong to a name: `src/__init__.py`; empty for other marks.
    """

    kind: SpanKind
    start: int
    end: int
    target: str = ""


class Block(NamedTuple):
    """A block: its `text` without marks, escapes, entities, tags and comments; `\\n` where a line of the file ends.

    The text of code spans and the alternative texts of images are part of it. `spans` are in the order of their ends.
    `lines` are pairs (offset, line of the file, from 1), with ascending offsets: where the text of a line begins.
    `level` is a heading's, 1 to 6. `quote`: the number of the outermost block quote that contains it, 0 for none.
    `is_nested`: whether it is in a block quote or a list.
    """

    kind: BlockKind
    text: str
    lines: tuple[tuple[int, int], ...]
    spans: tuple[Span, ...] = ()
    level: int = 0
    quote: int = 0
    is_nested: bool = False

    @property
    def line(self) -> int:
        """The line of the file on which the block begins."""
        return self.lines[0][1]

    def line_at(self, offset: int) -> int:
        """The line of the file of this offset in `text`."""
        return self.lines[max(bisect_right(self.lines, offset, key=_offset) - 1, 0)][1]


def _offset(entry: tuple[int, int]) -> int:
    return entry[0]
