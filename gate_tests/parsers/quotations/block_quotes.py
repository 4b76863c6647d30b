"""Finds the quotations in a block quote: its paragraphs, without the attribution."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from gate_tests.parsers.markdown.block import Block, SpanKind
from gate_tests.parsers.quotations.attribution import find_attribution
from gate_tests.parsers.quotations.marks import CLOSING, find_marked
from gate_tests.parsers.words import find_words

_ALERT: Final = r"\s*+\[!([\w-]+)(?:\|[^\]\n]*+)?\][+-]?([^\n]*+)"
_QUOTING_ALERTS: Final = frozenset(("quote", "cite"))
_LABELS: Final = frozenset(("note", "goal", "warning", "tip", "summary", "status", "important", "example"))
_NO_LETTERS: Final = r"[\W_]*+"
_DASHES: Final = ("—", "–", "―", "--")
_MAX_WORDS_BESIDE: Final = 5
"""Besides what is between its marks; a paragraph with more is a quotation as a whole."""


def is_call_out(block: Block) -> bool:
    """Whether a block quote that begins with `block` is an alert, or has a bold label such as Note: no quotation."""
    if alert := re.match(_ALERT, mask_code(block)):
        return alert[1].lower() not in _QUOTING_ALERTS
    begins = re.match(_NO_LETTERS, block.text)
    start = begins.end() if begins else 0
    for span in block.spans:
        if span.kind is SpanKind.STRONG and span.start <= start < span.end:
            return block.text[start : span.end].strip(" \t\n:.!—–-").lower() in _LABELS
    return False


def find_in_block_quote(blocks: Sequence[Block]) -> Iterator[tuple[Block, int, int]]:
    """The quotations, as (block, start, end) in its text."""
    for index, block in enumerate(blocks):
        if _has_images_only(block):
            continue
        start = _find_body(block.text, len(blocks) == 1) if not index else 0
        end = find_attribution(block, start, is_first=not index, is_last=index == len(blocks) - 1)
        yield from ((block, first, last) for first, last in _find_in_paragraph(block, start, end))


def _has_images_only(block: Block) -> bool:
    """Whether it has no word besides the alternative texts of images."""
    images = sorted(span for span in block.spans if span.kind is SpanKind.IMAGE)
    offsets = [0, *(offset for span in images for offset in (span.start, span.end)), len(block.text)]
    outside = (block.text[start:end] for start, end in zip(offsets[::2], offsets[1::2], strict=True))
    return bool(images) and not any(True for text in outside for _ in find_words(text))


def _find_body(text: str, is_alone: bool) -> int:
    """Behind the `[!quote]` of a call-out, and its title unless that is all it says."""
    alert = re.match(_ALERT, text)
    if not alert:
        return 0
    return alert.start(2) if is_alone and not text[alert.end() :].strip() else alert.end()


def _find_in_paragraph(block: Block, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The whole paragraph; if it has marks of its own, around nearly all of it, what is between them."""
    text = block.text[start:end]
    if text.lstrip()[:1] in tuple(CLOSING):
        marked = [(start + first, start + last) for first, last in find_marked(mask_code(block)[start:end])]
        if marked and _count_words_beside(block.text, marked, end) <= _MAX_WORDS_BESIDE:
            yield from marked
            return
    yield start, end


def _count_words_beside(text: str, marked: Sequence[tuple[int, int]], end: int) -> int:
    """The words between the marked parts, and after them unless a bracket or dash says that this is the source."""
    last = marked[-1][1]
    tail = text[last + 1 : end].lstrip(" \t\n.,;*_")
    parts = [text[before[1] : after[0]] for before, after in pairwise(marked)]
    if not tail.startswith(("(", "[", "-", *_DASHES)):
        parts.append(tail)
    return sum(1 for part in parts for _ in find_words(part))


def mask_code(block: Block) -> str:
    """The text with the characters of code spans replaced: a quotation mark in them does not count."""
    parts, done = [], 0
    for span in sorted(span for span in block.spans if span.kind is SpanKind.CODE):
        parts += [block.text[done : span.start], "\ufffc" * (span.end - max(span.start, done))]
        done = max(done, span.end)
    return "".join(parts) + block.text[done:] if parts else block.text
