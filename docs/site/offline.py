"""What a page of the site would fetch from elsewhere: it must work without a network."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

_FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "srcset", "link": "href", "object": "data"}
_NOT_FETCHED = {"canonical", "next", "prev", "search", "index", "author", "license"}
"""The relations of a `link` that only name something."""
_ELSEWHERE = re.compile(r"(https?:)?//", re.IGNORECASE)
_IN_CSS = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')\s]+)""", re.IGNORECASE)


def find_requests(site: Path) -> list[str]:
    """A line for each URL elsewhere: the file and the URL."""
    found = [(path, url) for path in sorted(site.rglob("*.html")) for url in read_html(path.read_text("utf-8"))]
    found += [(path, url) for path in sorted(site.rglob("*.css")) for url in _IN_CSS.findall(path.read_text("utf-8"))]
    return [f"{path.relative_to(site)}: fetches {url}" for path, url in found]


def read_html(text: str) -> list[str]:
    """The URLs elsewhere that a page fetches."""
    reader = _Reader()
    reader.feed(text)
    styles = re.findall(r"<style.*?</style>", text, re.DOTALL)
    return [*reader.urls, *(url for style in styles for url in _IN_CSS.findall(style))]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {key: value or "" for key, value in attrs}
        if not _NOT_FETCHED.intersection(attributes.get("rel", "").split()):
            self.urls += _list_elsewhere(attributes.get(_FETCHED.get(tag, ""), ""))


def _list_elsewhere(value: str) -> Iterator[str]:
    return (url for url in value.split() if _ELSEWHERE.match(url))
