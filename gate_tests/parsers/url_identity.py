"""Decides when two URLs are one: one request, or one page."""

import re
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit

from gate_tests.parsers.publication_ids import find_id_in_url

_DEFAULT_PORT: Final = re.compile(r"(?<=[^:]):(?:80|443)?\Z")
_CAMPAIGN: Final = re.compile(r"(?<=[?&])utm_[a-z]{1,20}=[^&]*+&?")
"""What some programs append to whatever they cite."""
_PERCENT: Final = re.compile(r"%[0-9a-fA-F]{2}")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")
_SAFE: Final = "/%:@!$&'()*+,;=~?[]"


def identify_request(url: str) -> str:
    """Equal for URLs that send the same request: host in lower case, no fragment, not the port of the scheme."""
    try:
        parts = urlsplit(url)
        port = {"http": 80, "https": 443}.get(parts.scheme)
        authority = _encode_host(parts.netloc.lower().removesuffix(f":{port}"))
        return f"{parts.scheme}://{authority}{_quote_target(parts)}"
    except ValueError:
        return url.partition("#")[0]


def identify_page(url: str) -> str:
    """Equal for URLs of one source: as `identify_request`; http or https, `www.`, `utm_…`, a last `/` do not matter.

    The URL of a DOI or an arXiv id, at its publisher too, whatever its form and version, is that id.
    """
    if found := find_id_in_url(url):
        return found
    scheme, separator, rest = _CAMPAIGN.sub("", identify_request(url)).partition("://")
    host, slash, path = rest.partition("/")
    host = _DEFAULT_PORT.sub("", host).removesuffix(".").removeprefix("www.")
    return f"{host}{slash}{path}".rstrip("/?&") if separator else scheme


def _encode_host(authority: str) -> str:
    try:
        return authority if authority.isascii() else authority.encode("idna").decode("ascii")
    except UnicodeError:
        return authority


def _quote_target(parts: SplitResult) -> str:
    query = f"?{parts.query}" if parts.query else ""
    return _PERCENT.sub(_normalize_percent, quote((parts.path or "/") + query, safe=_SAFE))


def _normalize_percent(match: re.Match[str]) -> str:
    """`~` for `%7e`, which is the same to every server; `%2F` for `%2f`, which is not `/`."""
    character = chr(int(match[0][1:], 16))
    return character if _UNRESERVED.match(character) else match[0].upper()
