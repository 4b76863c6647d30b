"""Finds the headings of a Markdown text, which may have millions: they are found one by one, and none is kept."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple
from unicodedata import is_normalized, normalize

from gate_tests.parsers.markdown.block import Block, BlockKind
from gate_tests.parsers.markdown.parse import find_start, parse_blocks, parse_heading_blocks
from gate_tests.parsers.markdown.quick_scan import scan_headings

_SPACES: Final = re.compile(r"\s+")
_UNSEEN: Final = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff\ufe0e\ufe0f]")
"""Characters of no width, and those that select how an emoji is drawn; but no joiners, which some scripts need."""


class Heading(NamedTuple):
    """A heading: `level` 1 to 6, `text` as a reader sees it, in NFC, with single spaces; its `line` in the file."""

    level: int
    text: str
    line: int


def find_headings(text: str, path: str, max_bytes: int) -> Iterator[Heading]:
    """The headings outside code, comments, quotes, lists and front matter. Raises TooLargeToParse, see `parse_blocks`.

    A text that can be judged without the parser, whose import takes a tenth of a `gate finish`, is not parsed.
    """
    start = find_start(text)
    found = scan_headings(text, start, path)
    if found is not None:
        first_line = text.count("\n", 0, start) + 1
        return (Heading(level, normalize_title(title), first_line + line) for level, title, line in found)
    return (each for each in map(_to_heading, parse_heading_blocks(text, path, max_bytes)) if each)


class Section(NamedTuple):
    """A heading, and the number of words up to the next heading of its level or a higher one."""

    heading: Heading
    word_count: int


def find_sections(text: str, path: str, max_bytes: int) -> Iterator[Section]:
    """The sections of all headings, code and comments not counted. Raises TooLargeToParse."""
    return _count_words(parse_blocks(text, path, max_bytes))


def _count_words(blocks: Iterable[Block]) -> Iterator[Section]:
    """At most six sections are open at a time, for each is of a deeper level than the one before."""
    from gate_tests.parsers.words import find_words

    open_sections: list[tuple[Heading, int]] = []
    total = 0
    for block in blocks:
        if heading := _to_heading(block):
            while open_sections and open_sections[-1][0].level >= heading.level:
                opened, before = open_sections.pop()
                yield Section(opened, total - before)
        text = block.text.replace("|", " ") if block.kind is BlockKind.TABLE_ROW else block.text
        total += sum(1 for _ in find_words(text))
        if heading:
            open_sections.append((heading, total))
    yield from (Section(opened, total - before) for opened, before in reversed(open_sections))


def _to_heading(block: Block) -> Heading | None:
    if block.kind is not BlockKind.HEADING or block.is_nested:
        return None
    return Heading(block.level, normalize_title(block.text), block.line)


def normalize_title(text: str) -> str:
    """A title with single spaces between its words, without characters that nobody sees, in NFC."""
    text = _SPACES.sub(" ", text if text.isascii() else _UNSEEN.sub("", text)).strip()
    return text if is_normalized("NFC", text) else normalize("NFC", text)
