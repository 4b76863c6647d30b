"""Counts the sources that a text names."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from gate_tests.parsers.markdown import find_headings


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


def count_sources(text: str, heuristic: Heuristic) -> int:
    """The number of sources that the text names."""
    return _COUNTERS[heuristic](text)


# White space as JavaScript's \s: a no-break space or a byte order mark ends a URL, U+001C and U+0085 do not.
_SPACE: Final = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_URL: Final = re.compile(rf"https?://[^{_SPACE})>\]]+", re.IGNORECASE)
_SOURCE: Final = re.compile(r"source(?![^\W\d_])", re.IGNORECASE)
_SECTION: Final = re.compile(
    r"(primary|secondary|tertiary|tier\s+\w+|notes|references|bibliography|sources|overview)\b", re.IGNORECASE
)
_ENTRY: Final = re.compile(r"^[-*][ \t]+\*\*(?:url|source|reference)\*\*:", re.IGNORECASE | re.MULTILINE)
_BULLET: Final = re.compile(r"^[-*][ \t]+\S.{10,}$", re.MULTILINE)


def _find_third_level_headings(text: str) -> list[str]:
    return [heading.text for heading in find_headings(text) if heading.level == 3 and heading.at_line_start]


def _count_urls(text: str) -> int:
    return len(set(_URL.findall(text)))


def _count_headings_or_urls(text: str) -> int:
    return sum(bool(_SOURCE.match(title)) for title in _find_third_level_headings(text)) or _count_urls(text)


def _count_best(text: str) -> int:
    entries = sum(not _SECTION.match(title) for title in _find_third_level_headings(text))
    return max(entries, _count_urls(text), len(_ENTRY.findall(text)), len(_BULLET.findall(text)))


_COUNTERS: Final = {Heuristic.HEADINGS_OR_URLS: _count_headings_or_urls, Heuristic.BEST_OF: _count_best}
