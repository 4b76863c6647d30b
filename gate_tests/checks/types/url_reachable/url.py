"""Parses a URL once, so that the same host is checked, connected to and requested."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import quote, urlsplit

MAX_URL_CHARS: Final = 8000
"""A longer URL is rejected."""

_PORTS: Final = {"http": 80, "https": 443}
_CONTROL_CHARS: Final = re.compile(r"[\x00-\x1f\x7f]")
_NAME: Final = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
# Characters that Python's IDNA 2003 maps to another host name than browsers do.
_AMBIGUOUS: Final = re.compile("[\u00df\u1e9e\u03c2\u200c\u200d]")
_SAFE: Final = "/%:@!$&'()*+,;=~?[]"


class UrlRejected(Exception):
    """A URL that is not requested, and why."""


class Url(NamedTuple):
    """The parts of a URL. `host` is lower-case ASCII without a final dot, IPv6 without brackets.

    `cookie`: what is sent as the Cookie header, for a redirect.
    """

    scheme: str
    host: str
    port: int
    target: str
    cookie: str = ""

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def parse_url(text: str) -> Url:
    """The parts of `text`, percent-encoded as they are sent. Raises UrlRejected unless it is a plain http(s) URL."""
    if len(text) > MAX_URL_CHARS:
        raise UrlRejected(f"is longer than {MAX_URL_CHARS} characters")
    if _CONTROL_CHARS.search(text):
        raise UrlRejected("contains control characters")
    try:
        parts = urlsplit(text.strip(" "))
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UrlRejected("is not a URL") from None
    if parts.scheme not in _PORTS:
        raise UrlRejected("is neither http nor https")
    if "@" in parts.netloc:
        raise UrlRejected("contains user info, which is never sent")
    if port == 0:
        raise UrlRejected("has port 0")
    query = f"?{parts.query}" if parts.query else ""
    target = quote((parts.path or "/") + query, safe=_SAFE)
    return Url(parts.scheme, normalize_host(host or ""), port or _PORTS[parts.scheme], target)


def normalize_host(host: str) -> str:
    """The normalized form of a host name or of an address without brackets. Raises UrlRejected."""
    if ":" in host:
        return _normalize_ipv6(host)
    if len(host) > 255 or _AMBIGUOUS.search(host):
        raise UrlRejected("has a host name that is too long or ambiguous between IDNA versions")
    try:
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        name = ""
    if not _NAME.fullmatch(name):
        raise UrlRejected("has no valid host name")
    return name


def _normalize_ipv6(host: str) -> str:
    try:
        if "%" in host:
            raise ValueError("a zone is meaningful on one machine only")
        return str(ipaddress.IPv6Address(host))
    except ValueError:
        raise UrlRejected("has no valid host name") from None


_ENTRY: Final = re.compile(r"(?:\[([^\[\]]*)\]|([^:\[\]/@]*))(?::([0-9]{1,5}))?")


@dataclass(frozen=True)
class AllowedHosts:
    """Pairs of host and port; None is any port."""

    entries: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> "AllowedHosts":
        """The hosts as a contract lists them. Raises UrlRejected for an invalid one."""
        return cls(frozenset(parse_allowed_host(entry) for entry in entries))

    def __contains__(self, url: Url) -> bool:
        return not self.entries.isdisjoint({(url.host, None), (url.host, url.port)})


def parse_allowed_host(entry: str) -> tuple[str, int | None]:
    """The host and port of one entry, the port None if it has none. Raises UrlRejected."""
    match = _ENTRY.fullmatch(entry)
    if not match or (match[1] is not None and ":" not in match[1]):
        raise UrlRejected("must be host, host:port or [address]:port")
    port = int(match[3]) if match[3] else None
    if port is not None and not 0 < port < 65536:
        raise UrlRejected("has an invalid port")
    return normalize_host(match[1] or match[2] or ""), port
