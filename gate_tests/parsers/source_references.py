"""Finds the URLs, DOIs and arXiv ids that a file names as sources; one that is named in several ways is one."""

from collections.abc import Iterable, Iterator, Set
from html import unescape

from gate_tests.parsers.publication_ids import find_ids
from gate_tests.parsers.url_identity import identify_page
from gate_tests.parsers.url_scan import scan_urls
from gate_tests.parsers.urls import Part


def find_references(parts: Iterable[Part]) -> Iterator[str]:
    """What identifies each URL, DOI and arXiv id in these parts, as often as it occurs."""
    for part in parts:
        if part.is_target:
            yield identify_page(part.text)
        else:
            yield from _find_in_text(part.text)


def _find_in_text(text: str) -> Iterator[str]:
    position = 0
    for found in scan_urls(text):
        yield from find_ids(text[position : found.start])
        if not found.is_template:
            yield identify_page(found.url)
        position = found.end
    yield from find_ids(text[position:])


def find_references_left_aside(text: str, counted: Set[str]) -> Set[str]:
    """Those of the whole text, its code and comments included, that are not among the counted ones."""
    return set(_find_in_text(unescape(text.replace("\\", "")))) - counted


def format_references(references: Set[str]) -> str:
    """`1 URL`, `28 URLs`, or `3 URLs, DOIs or arXiv ids` where some are no URLs."""
    count = len(references)
    if any(each.startswith(("doi:", "arxiv:")) for each in references):
        return f"{count} {'URL, DOI or arXiv id' if count == 1 else 'URLs, DOIs and arXiv ids'}"
    return f"{count} {'URL' if count == 1 else 'URLs'}"


def find_urls_left_aside(text: str) -> Set[str]:
    """The URLs of the whole text, its code and comments included, and those with a placeholder."""
    return {identify_page(found.url) for found in scan_urls(text) if found.url}
