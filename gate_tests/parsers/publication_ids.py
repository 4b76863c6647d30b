"""Recognizes DOIs and arXiv ids, in text and in URLs, so that a publication is one whichever way it is named."""

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

_DOI_NAME: Final = r"10\.\d{4,9}/[^\s\"<>{}|\\^`“”„«»\u3001-\u3011\uff01-\uff0f\uff1a-\uff20]{1,300}+"
_DOI: Final = re.compile(
    rf"(?:(?<![A-Za-z0-9_./-])|(?<=\bdoi\.org/)|(?<=\bdoi/))(?:doi[:\s]\s?)?({_DOI_NAME})", re.IGNORECASE
)
_ARXIV_NAME: Final = r"(\d{4}\.\d{4,5}|[a-z-]{2,12}(?:\.[A-Za-z]{2})?/\d{7})(?:v\d{1,3})?(?![\w/])"
_ARXIV: Final = re.compile(
    rf"(?<![A-Za-z0-9.])(?:arxiv(?::\s?|\s)|(?:www\.|export\.)?arxiv\.org/(?:abs|pdf|html|format)/){_ARXIV_NAME}",
    re.IGNORECASE,
)
_DOI_PATH: Final = re.compile(rf"((?:/[a-z-]{{1,20}}+){{0,3}})/({_DOI_NAME})", re.IGNORECASE)
_DOI_DIRECTORIES: Final = frozenset((
    "", "abs", "article", "book", "chapter", "content", "doi", "early", "epdf", "epub", "full", "pdf", "pdfdirect",
    "reference", "reference-work-entry", "research",
))  # fmt: skip
"""What precedes a DOI in the URLs of publishers."""
_FORMAT: Final = re.compile(r"(?:\.full(?:-text)?)?(?:\.pdf|\.full)\Z|/(?:full|pdf|abstract)\Z", re.IGNORECASE)
_VERSION: Final = re.compile(r"(?<=\d)v\d{1,2}\Z")
"""Behind a DOI of bioRxiv and medRxiv."""
_ARXIV_PATH: Final = re.compile(rf"/(?:abs|pdf|html|format)/{_ARXIV_NAME}(?:\.pdf)?/?", re.IGNORECASE)
_ARXIV_DOI: Final = re.compile(rf"10\.48550/arxiv\.{_ARXIV_NAME}", re.IGNORECASE)
_DOI_HOSTS: Final = frozenset(("doi.org", "dx.doi.org", "www.doi.org"))
_ARXIV_HOSTS: Final = frozenset(("arxiv.org", "www.arxiv.org", "export.arxiv.org", "ar5iv.org", "ar5iv.labs.arxiv.org"))


def find_ids(text: str) -> Iterator[str]:
    """The DOIs and arXiv ids in a text without URLs, as `doi:…` and `arxiv:…`."""
    for match in _DOI.finditer(text):
        yield _name_doi(match[1])
    for match in _ARXIV.finditer(text):
        yield _name_arxiv(match[1])


def find_id_in_url(url: str) -> str | None:
    """The DOI or arXiv id that a URL is about; None for all other URLs."""
    try:
        parts = urlsplit(url)
        host, path = parts.hostname or "", unquote(parts.path)
    except ValueError:
        return None
    if host in _ARXIV_HOSTS and (match := _ARXIV_PATH.fullmatch(path)):
        return _name_arxiv(match[1])
    if match := _DOI_PATH.fullmatch(path):
        if host in _DOI_HOSTS:
            return _name_doi(match[2]) if not match[1] else None
        if match[1] and _DOI_DIRECTORIES.issuperset(match[1].lower().split("/")):
            doi = _FORMAT.sub("", match[2])
            return _name_doi(_VERSION.sub("", doi) if doi.startswith("10.1101/") else doi)
    return None


def _name_doi(doi: str) -> str:
    doi = _cut_end(doi)
    arxiv = _ARXIV_DOI.fullmatch(doi)
    return _name_arxiv(arxiv[1]) if arxiv else f"doi:{doi.lower()}"


def _cut_end(doi: str) -> str:
    """A DOI without the punctuation of the sentence around it, its brackets balanced."""
    while True:
        cut = doi.rstrip(".,;:!?'’*_~/")
        for opening, closing in ("()", "[]"):
            if cut.endswith(closing) and cut.count(opening) < cut.count(closing):
                cut = cut[:-1]
        if cut == doi:
            return doi
        doi = cut


def _name_arxiv(arxiv_id: str) -> str:
    return f"arxiv:{arxiv_id.lower()}"
