"""The text of a block with a mark at each end of a code span or link, which are borders of a citation.

What is no emphasis but part of a name gets its underscores back.
"""

import re
from bisect import bisect_left
from typing import Final, NamedTuple

from gate_tests.parsers.citations.scan_text import CODE_END, CODE_START, LINK_EDGE
from gate_tests.parsers.markdown.block import Block, Span, SpanKind

_MARK: Final = re.compile(f"[{CODE_START}{CODE_END}{LINK_EDGE}]")
_INVISIBLE: Final = frozenset(
    "\xad\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
_NAME_GOES_ON: Final = re.compile(r"[/.]\w")
_REMOVED: Final = dict.fromkeys(map(ord, (CODE_START, CODE_END, LINK_EDGE)))
_BLANKED: Final = dict.fromkeys(_REMOVED, " ")


class MarkedText(NamedTuple):
    """The text with its marks; `marks` are the offsets of the marks in it, ascending."""

    text: str
    marks: tuple[int, ...]
    block: Block

    def line_at(self, offset: int) -> int:
        """The line of the file of this offset in the marked text."""
        return self.block.line_at(self.offset_at(offset))

    def offset_at(self, offset: int) -> int:
        """The offset in the block's text."""
        return offset - bisect_left(self.marks, offset)


def remove_invisible(block: Block) -> Block:
    """The block without characters that no reader sees, which would hide a citation: soft hyphens and such."""
    if block.text.isascii() or not any(each in block.text for each in _INVISIBLE):
        return block
    removed = [offset for offset, each in enumerate(block.text) if each in _INVISIBLE]

    def move(offset: int) -> int:
        return offset - bisect_left(removed, offset)

    return block._replace(
        text="".join(each for each in block.text if each not in _INVISIBLE),
        lines=tuple((move(offset), line) for offset, line in block.lines),
        spans=tuple(span._replace(start=move(span.start), end=move(span.end)) for span in block.spans),
    )


def mark_spans(block: Block) -> MarkedText:
    """The text of a block, marked. Characters that are marks are blanks in it."""
    text = block.text.translate(_BLANKED) if _MARK.search(block.text) else block.text
    edges: list[tuple[int, int, str]] = []
    for span in block.spans:
        if span.kind is SpanKind.CODE:
            edges += [(span.start, 1, CODE_START), (span.end, 0, CODE_END)]
        elif span.kind is SpanKind.STRONG and span.target and _is_in_name(text, span):
            edges += [(span.start, 2, span.target), (span.end, -1, span.target)]
        elif span.kind is SpanKind.LINK and span.end > span.start:
            edges += [(span.start, 1, LINK_EDGE), (span.end, 0, LINK_EDGE)]
    if not edges:
        return MarkedText(text, (), block)
    edges.sort()
    parts: list[str] = []
    marks: list[int] = []
    done = 0
    for offset, _, mark in edges:
        parts += [text[done:offset], mark]
        done = offset
        marks += (offset + len(marks) + index for index in range(len(mark)))
    return MarkedText("".join([*parts, text[done:]]), tuple(marks), block)


def _is_in_name(text: str, span: Span) -> bool:
    """Whether the marks of a strong text are part of a name, such as `src/__init__.py` or `__tests__/a.ts`."""
    return text[span.start - 1 : span.start] == "/" or bool(_NAME_GOES_ON.match(text, span.end))


def remove_marks(text: str) -> str:
    """A part of a marked text as it is in the block, on one line."""
    return " ".join(text.translate(_REMOVED).split())
