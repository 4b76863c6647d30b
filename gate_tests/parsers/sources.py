"""Counts the sources that a text names."""

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

from gate_tests.parsers.markdown.headings import find_headings


class Heuristic(StrEnum):
    """How to count sources."""

    HEADINGS_OR_URLS = "count_source_headings_or_urls"
    BEST_OF = "best_of"


HEURISTIC_SCHEMA: Final[Mapping[str, Any]] = {
    "enum": [str(heuristic) for heuristic in Heuristic],
    "default": str(Heuristic.HEADINGS_OR_URLS),
    "description": "How sources are counted: headings `### Source…`, or else URLs; or the best of four ways.",
}
"""The JSON Schema of a key whose value is a heuristic."""


def count_sources(text: str, heuristic: Heuristic, max_bytes: int) -> int:
    """The number of sources that the text names. Raises TooLargeToParse, see `find_headings`."""
    return _COUNTERS[heuristic](text, max_bytes)


# White space as JavaScript's \s: a no-break space or a byte order mark ends a URL, U+001C and U+0085 do not.
_SPACE: Final = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_URL: Final = re.compile(rf"https?://[^{_SPACE})>\]]+", re.IGNORECASE)
_SOURCE: Final = re.compile(r"source(?![^\W\d_])", re.IGNORECASE)
_SECTION: Final = re.compile(
    r"(primary|secondary|tertiary|tier\s+\w+|notes|references|bibliography|sources|overview)\b", re.IGNORECASE
)
_ENTRY: Final = re.compile(r"^[-*][ \t]+\*\*(?:url|source|reference)\*\*:", re.IGNORECASE | re.MULTILINE)
_BULLET: Final = re.compile(r"^[-*][ \t]+\S.{10,}$", re.MULTILINE)


def _find_third_level_headings(text: str, max_bytes: int) -> Iterator[str]:
    headings = find_headings(text, "", max_bytes)
    return (heading.text for heading in headings if heading.level == 3)


def _count_urls(text: str) -> int:
    return len({match[0] for match in _URL.finditer(text)})


def _count_headings_or_urls(text: str, max_bytes: int) -> int:
    titles = _find_third_level_headings(text, max_bytes)
    return sum(bool(_SOURCE.match(title)) for title in titles) or _count_urls(text)


def _count_best(text: str, max_bytes: int) -> int:
    entries = sum(not _SECTION.match(title) for title in _find_third_level_headings(text, max_bytes))
    return max(entries, _count_urls(text), _count_matches(_ENTRY, text), _count_matches(_BULLET, text))


def _count_matches(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))


_COUNTERS: Final = {Heuristic.HEADINGS_OR_URLS: _count_headings_or_urls, Heuristic.BEST_OF: _count_best}
