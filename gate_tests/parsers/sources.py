"""Counts the sources that a text names, and says what was counted and what was left aside."""

from collections.abc import Callable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple


class Heuristic(StrEnum):
    """How to count sources."""

    HEADINGS_OR_URLS = "count_source_headings_or_urls"
    BEST_OF = "best_of"


HEURISTIC_SCHEMA: Final[Mapping[str, Any]] = {
    "enum": [str(heuristic) for heuristic in Heuristic],
    "default": str(Heuristic.HEADINGS_OR_URLS),
    "description": "How sources are counted. By default: distinct headings `### Source`, followed by nothing, a "
    "number or punctuation; if there are none, distinct http(s) URLs, DOIs and arXiv ids outside code and comments "
    "(http and https, `www.`, `utm_source`, a final `/` and a fragment make no difference; a DOI and its URL count as "
    "one). `best_of`: the largest of the numbers of headings, URLs, entries `- **URL**:` and list items.",
}
"""The JSON Schema of a key whose value is a heuristic."""


class SourceText(NamedTuple):
    """A text in which sources are counted. `path`: its name shows whether it is Markdown."""

    text: str
    path: str
    max_bytes: int

    def count_headings(self) -> int:
        """The distinct headings `### Source`. Raises TooLargeToParse."""
        from gate_tests.parsers.source_headings import count_distinct  # not to bind a check that counts

        return count_distinct(self.text, self.path, self.max_bytes)

    def find_references(self) -> set[str]:
        """The distinct URLs, DOIs and arXiv ids outside code and comments. Raises TooLargeToParse."""
        from gate_tests.parsers.source_references import find_references
        from gate_tests.parsers.urls import find_parts

        return set(find_references(find_parts(self.text, self.path, self.max_bytes)))


def format_source_count(count: float) -> str:
    """`1 source`, `2 sources`."""
    return "1 source" if count == 1 else f"{count} sources"


def count_sources(text: str, path: str, heuristic: Heuristic, max_bytes: int) -> int:
    """The number of sources that the text names. Raises TooLargeToParse, see `find_headings`."""
    return _COUNTERS[heuristic](SourceText(text, path, max_bytes))


def explain_count(text: str, path: str, heuristic: Heuristic, max_bytes: int) -> str:
    """What was counted, and what was left aside and why. Raises TooLargeToParse."""
    return "; ".join(_EXPLAINERS[heuristic](SourceText(text, path, max_bytes)))


def _count_headings_or_references(text: SourceText) -> int:
    return text.count_headings() or len(text.find_references())


def _count_best(text: SourceText) -> int:
    return max(_count_four_ways(text).values())


def _count_four_ways(text: SourceText) -> Mapping[str, int]:
    from gate_tests.parsers.source_entries import count_four_ways

    return count_four_ways(text.text, text.path, text.max_bytes)


def _explain_headings_or_references(text: SourceText) -> Iterator[str]:
    from gate_tests.parsers.source_headings import find_titles
    from gate_tests.parsers.source_references import find_references_left_aside, format_references

    references = text.find_references()
    headings = text.count_headings()
    if headings:
        yield f"{headings} distinct {'heading' if headings == 1 else 'headings'} `### Source …`"
        repeated = sum(title.names_source for title in find_titles(*text)) - headings
        if repeated:
            yield f"{repeated} not counted: duplicate heading with the same text or none"
        if references:
            yield f"{format_references(references)} not counted beside headings"
    elif references:
        yield f"{format_references(references)}, each counted once"
    else:
        yield "no heading `### Source …`, no http(s) URL, DOI or arXiv id"
    if not headings:
        near_misses = (title for title in find_titles(*text) if title.is_near_miss)
        if near_miss := next((title for title in near_misses if not (references and title.opens_list)), None):
            written = f"`{'#' * near_miss.level} {near_miss.text[:60]}`"
            yield f"{written} does not count: `### Source` must be followed by nothing, a number or punctuation"
        if aside := find_references_left_aside(text.text, references):
            yield f"{format_references(aside)} in code, comments or with a placeholder not counted"


def _explain_best(text: SourceText) -> Iterator[str]:
    counts = _count_four_ways(text)
    yield "the largest of " + ", ".join(f"{count} {what}" for what, count in counts.items())


_COUNTERS: Final[Mapping[Heuristic, Callable[[SourceText], int]]] = {
    Heuristic.HEADINGS_OR_URLS: _count_headings_or_references,
    Heuristic.BEST_OF: _count_best,
}
_EXPLAINERS: Final[Mapping[Heuristic, Callable[[SourceText], Iterator[str]]]] = {
    Heuristic.HEADINGS_OR_URLS: _explain_headings_or_references,
    Heuristic.BEST_OF: _explain_best,
}
