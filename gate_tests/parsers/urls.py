"""Finds the http(s) URLs that a file names: for counting sources, and for asking whether they answer.

In Markdown the parser says what a link is and what is text; code blocks and comments have none. A code span is read
only if it holds one URL and nothing else. In other files the whole text is searched.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from gate_tests.parsers.markdown import is_markdown
from gate_tests.parsers.markdown.block import Block, BlockKind, Span, SpanKind
from gate_tests.parsers.markdown.parse import find_start, parse_blocks
from gate_tests.parsers.plain_text import decode_text
from gate_tests.parsers.url_scan import scan_urls

_HTTP: Final = re.compile(r"\s*+https?://[^\s/?#]", re.IGNORECASE)
_REFERENCE: Final = re.compile(
    r"\s*+(?:https?://|doi:\s?|10\.\d{4,9}/|arxiv:\s?)[^\s\"'`<>…]++(?<!\.\.\.)\s*+", re.IGNORECASE
)
"""A code span that is read: it contains a URL, a DOI or an arXiv id, and no other code."""
_YAML_COMMENT: Final = re.compile(r"^[ \t]*+#[^\n]*+", re.MULTILINE)


class Part(NamedTuple):
    """A part of a file: the target of a link, or text as a reader sees it."""

    text: str
    is_target: bool = False


def find_parts(text: str, path: str, max_bytes: int) -> Iterator[Part]:
    """What a file says, in order, but for code and comments. Raises TooLargeToParse, see `parse_blocks`."""
    if not is_markdown(path):
        return iter((Part(decode_text(text, path)),))
    blocks = parse_blocks(text, path, max_bytes)
    return _find_parts_in_markdown(text[: find_start(text)], blocks)


def find_urls(parts: Iterable[Part]) -> Iterator[str]:
    """The URLs in these parts, in order, each as often as it occurs; those with a placeholder (`${id}`) are none."""
    for part in parts:
        if part.is_target:
            yield part.text
        else:
            yield from (found.url for found in scan_urls(part.text) if not found.is_template)


def _find_parts_in_markdown(front_matter: str, blocks: Iterable[Block]) -> Iterator[Part]:
    if front_matter:
        yield Part(_YAML_COMMENT.sub("", front_matter))
    for block in blocks:
        yield from _find_parts_in_block(block)


def _find_parts_in_block(block: Block) -> Iterator[Part]:
    """The targets of links, and the text around them: that of a link or an image belongs to its target."""
    text = block.text.replace("|", "\n") if block.kind is BlockKind.TABLE_ROW else block.text
    position = 0
    for span in sorted(block.spans, key=_start):
        if not _is_read_for_itself(span):
            continue
        if span.start >= position:
            yield Part(text[position : span.start])
            if span.kind is SpanKind.CODE and _REFERENCE.fullmatch(text, span.start, span.end):
                yield Part(text[span.start : span.end])
        if _HTTP.match(span.target):
            yield Part(span.target.strip(), True)
        position = max(position, span.end)
    yield Part(text[position:])


def _is_read_for_itself(span: Span) -> bool:
    return span.kind in (SpanKind.CODE, SpanKind.IMAGE) or bool(span.kind is SpanKind.LINK and _HTTP.match(span.target))


def _start(span: Span) -> int:
    return span.start
