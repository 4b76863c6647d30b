"""Counts sources in four ways, of which `best_of` takes the best."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from gate_tests.parsers.markdown import is_markdown
from gate_tests.parsers.markdown.parse import parse_blocks
from gate_tests.parsers.source_headings import LEVEL, find_titles
from gate_tests.parsers.url_identity import identify_page
from gate_tests.parsers.urls import find_parts, find_urls

_SECTION: Final = re.compile(
    r"(?:primary|secondary|tertiary|tier\s+\w+|notes|references|bibliography|sources|overview)\b", re.IGNORECASE
)
_ENTRY: Final = re.compile(r"[-*][ \t]+\*\*(?:url|source|reference)(?:\*\*:|:\*\*)", re.IGNORECASE)
_BULLET: Final = re.compile(r"[-*][ \t]+\S.{10}")
_COMMENT: Final = re.compile(r"<!--(?:[^-]|-(?!->))*+-->")


def count_four_ways(text: str, path: str, max_bytes: int) -> Mapping[str, int]:
    """The counts by what is counted. Raises TooLargeToParse."""
    titles = (title for title in find_titles(text, path, max_bytes) if title.level == LEVEL)
    items = [_COMMENT.sub("", line) for line in _find_items(text, path, max_bytes)]
    return {
        "headings `###` that open no section": sum(not _SECTION.match(title.text) for title in titles),
        "URLs": len({identify_page(url) for url in find_urls(find_parts(text, path, max_bytes))}),
        "entries `- **URL**:`": _count_matches(_ENTRY, items),
        "list items of more than ten characters": _count_matches(_BULLET, items),
    }


def _find_items(text: str, path: str, max_bytes: int) -> Iterator[str]:
    """The lines that begin a list item, as they are written, outside code and comments."""
    shown = _find_shown_lines(text, path, max_bytes)
    for number, line in enumerate(text.split("\n"), 1):
        if line.startswith(("-", "*")) and (shown is None or number in shown):
            yield line


def _find_shown_lines(text: str, path: str, max_bytes: int) -> set[int] | None:
    """The lines with text in a list or quotation; None: all."""
    if not is_markdown(path):
        return None
    return {line for block in parse_blocks(text, path, max_bytes) if block.is_nested for _, line in block.lines}


def _count_matches(pattern: re.Pattern[str], lines: Iterable[str]) -> int:
    return sum(pattern.match(line) is not None for line in lines)
