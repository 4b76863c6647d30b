"""Finds http(s) URLs in plain text, with their right ends: as linkify-it-py does, and where it is made for chat only.

What is added to it: a URL may begin after a letter of a script without spaces, or after `=`; its host may be an IPv6
address or have an underscore; it ends at typographic and East Asian punctuation, at the quotation mark or `|` that it
stands between, and where an East Asian text runs on without a space.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.parsers.unspaced_scripts import UNSPACED_AND_HANGUL, character_class

if TYPE_CHECKING:
    from linkify_it import LinkifyIt

MAX_URL_CHARS: Final = 10_000
"""More characters than any program requests; a longer URL is cut."""

_SPACES: Final = r"\x00-\x20\x7f-\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_QUOTES: Final = '<>"`\\\\“”„‟«»‹›‘‚'
_EAST_ASIAN: Final = r"\u3001-\u3003\u3008-\u3011\u3014-\u301b\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff64"
_PUNCTUATION: Final = rf"{_EAST_ASIAN}…—―•\u060c\u061b\u061f\u0964\u2190-\u21ff\u2713-\u2718"
_HARD: Final = _SPACES + _QUOTES + _PUNCTUATION
_START: Final = r"(?:(?<![A-Za-z0-9+])|(?<=\\[nrt]))https?://"
_CANDIDATE: Final = re.compile(rf"{_START}(?:[^{_HARD}'’]|['’](?=\w)){{1,{MAX_URL_CHARS}}}+", re.IGNORECASE)
_HOST: Final = re.compile(
    r"https?://(?:[^/?#]{0,300}@)?(?:\[[0-9a-f:.]{2,60}\]|(?=[^\W_])[^\x00-,/:-@\[-^`{-\x7f]++)(?::[0-9]{1,10})?",
    re.IGNORECASE,
)
_PLAIN_REST: Final = re.compile(r"[/?#](?:[\w/%=&~@:+$#]|-|[.,;?](?=[\w/%=&~@#]))*+", re.ASCII)
"""What follows a host, where nothing needs linkify-it to find its end."""
_LAST: Final = ".,;:!?'’*|\u00b4\u00b7\u30fb"
"""What ends no URL, but a sentence or emphasis around it."""
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060]")
_PLACEHOLDER: Final = re.compile(r"\$\{|\{\{|\{[A-Za-z_][\w.:-]{0,60}\}|\$\(|<%|%7B%7B", re.IGNORECASE)
_OPENS_PLACEHOLDER: Final = re.compile(
    r"[.:-]?(?:\$?\{|\$\(|<%|<[A-Z]+_[A-Z_]+>)|\\[.+]|:\*|:?(?<=[:0-9])[A-Z]{1,4}\b|(?<=[/=])<[A-Za-z][\w -]{0,40}>"
)
"""What follows a URL that goes on with a placeholder, or is part of a regex."""
_WILDCARD: Final = re.compile(r"(?<=/)\*")
_NAMESPACE: Final = re.compile(r"\bxmlns(?::[\w-]{1,20})?\s?=\s?[\"']\Z")
"""What precedes the name of an XML namespace, which is not the address of anything."""


class FoundUrl(NamedTuple):
    """A URL from the offset `start` to before `end`. `is_template`: it has a placeholder such as `${id}` or `*`."""

    start: int
    end: int
    url: str
    is_template: bool = False


def scan_urls(text: str) -> Iterator[FoundUrl]:
    """The URLs in a text without markup, in order. Time is linear in the length of the text."""
    for match in _CANDIDATE.finditer(text):
        start, candidate = match.start(), match[0]
        if _NAMESPACE.search(text, max(start - 40, 0), start):
            continue
        before = text[start - 1] if start else ""
        url = _find_end(_cut_at_closing(candidate, before), before)
        end = start + (len(url) or candidate.index("//") + 2)
        opened = _OPENS_PLACEHOLDER.match(text, end) or (before != "*" and _WILDCARD.match(text, end))
        if opened:
            yield FoundUrl(start, opened.end(), url, True)
        elif url:
            shown = _INVISIBLE.sub("", url)
            yield FoundUrl(start, end, shown, bool(_PLACEHOLDER.search(shown)))


def _cut_at_closing(candidate: str, before: str) -> str:
    """The candidate up to a footnote, or the mark that stood before it too: a quotation mark, or the `|` of a table."""
    candidate = candidate.partition("[^")[0]
    return candidate.partition(before)[0] if before and before in "'|" else candidate


def _find_end(candidate: str, before: str) -> str:
    """The URL with which the candidate begins; empty if it has no host."""
    found = _HOST.match(candidate)
    if not found:
        return ""
    host = _cut_host(found[0])
    rest = candidate[found.end() :] if host == found[0] else ""
    if not rest.startswith(("/", "?", "#")):
        return host.rstrip(f".-{before if before in '_~' else ''}")
    rest = _cut_where_text_runs_on(_find_end_of_rest(rest)).removesuffix("’s").rstrip(_LAST)
    if before and before in "_~([" and rest.endswith(before):
        rest = rest.rstrip(before).rstrip(_LAST)
    return host + rest


def _cut_host(host: str) -> str:
    """A host whose last label is `org見て` ends before the text."""
    return host if host.isascii() else _host_then_text().sub("", host, count=1).removesuffix("’s")


@cache  # compiled where it is needed: a class of so many characters takes milliseconds
def _host_then_text() -> re.Pattern[str]:
    return re.compile(rf"(?<=[A-Za-z0-9])[{character_class(UNSPACED_AND_HANGUL)}][^.:/]*+(?=\Z|:)")


@cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{character_class(UNSPACED_AND_HANGUL)}]")


def _find_end_of_rest(rest: str) -> str:
    """Path, query and fragment with balanced brackets, as linkify-it-py finds them."""
    if _PLAIN_REST.fullmatch(rest):
        return rest
    found = _linkify().match_at_start(f"http://x{rest}")
    end = found.last_index - len("http://x") if found else 0
    still_open = rest.count("(", 0, end) - rest.count(")", 0, end)
    closing = len(rest) - end - len(rest[end:].lstrip(")"))
    return rest[: end + max(min(still_open, closing), 0)]


@cache
def _linkify() -> "LinkifyIt":
    from linkify_it import LinkifyIt

    return LinkifyIt(options={"fuzzy_link": False, "fuzzy_email": False})


def _cut_where_text_runs_on(rest: str) -> str:
    """A path ends before a letter of a script without spaces that follows a Latin one: `/docs를`, but not `/文档2`.

    Titles of Wikipedia mix them: `/wiki/C言語`.
    """
    found = None if rest.isascii() else _unspaced().search(rest)
    if not found or "/wiki/" in rest:
        return rest
    last = rest[found.start() - 1]
    return rest[: found.start()] if last.isascii() and last.isalnum() else rest
