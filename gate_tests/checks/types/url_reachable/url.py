"""A web address taken apart once, so that what is checked, connected to and asked for is the same."""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import quote, urlsplit

LONGEST = 8000
"""Characters of a URL. A longer one is not asked for."""

_PORTS = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NAME = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*")
# What Python's own IDNA would turn into another name than the one browsers go to.
_TWO_MEANINGS = re.compile("[\u00df\u1e9e\u03c2\u200c\u200d]")
_AS_IT_IS = "/%:@!$&'()*+,;=~?[]"


class NotAsked(Exception):
    """Why a URL is not asked for; its text says so in words."""


class Url(NamedTuple):
    """Where a URL points. `host` is lower-case ASCII without a final dot, IPv6 without brackets."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def authority(self) -> str:
        """The host as the server is told it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def parse_url(text: str) -> Url:
    """The parts of `text`, percent-encoded as they are sent. Raises NotAsked for what is no plain http(s) URL."""
    if len(text) > LONGEST:
        raise NotAsked(f"is longer than {LONGEST} characters")
    if _CONTROL.search(text):
        raise NotAsked("holds control characters")
    try:
        parts = urlsplit(text.strip(" "))
        host, port = parts.hostname, parts.port
    except ValueError:
        raise NotAsked("is no URL") from None
    if parts.scheme not in _PORTS:
        raise NotAsked("is neither http nor https")
    if "@" in parts.netloc:
        raise NotAsked("names a user, and none is ever sent")
    if port == 0:
        raise NotAsked("names port 0")
    query = f"?{parts.query}" if parts.query else ""
    target = quote((parts.path or "/") + query, safe=_AS_IT_IS)
    return Url(parts.scheme, normal_host(host or ""), port or _PORTS[parts.scheme], target)


def normal_host(host: str) -> str:
    """The one spelling of a host name or an address, given without brackets. Raises NotAsked if it is none."""
    if ":" in host:
        return _normal_ipv6(host)
    if len(host) > 255 or _TWO_MEANINGS.search(host):
        raise NotAsked("names a host whose name means different things to different programs, or is too long")
    try:
        name = host.encode("idna").decode("ascii").lower().removesuffix(".")
    except UnicodeError:
        name = ""
    if not _NAME.fullmatch(name):
        raise NotAsked("names no host")
    return name


def _normal_ipv6(host: str) -> str:
    try:
        if "%" in host:
            raise ValueError("a zone means something on one machine only")
        return str(ipaddress.IPv6Address(host))
    except ValueError:
        raise NotAsked("names no host") from None


_ENTRY = re.compile(r"(?:\[([^\[\]]*)\]|([^:\[\]/@]*))(?::([0-9]{1,5}))?")


@dataclass(frozen=True)
class AllowedHosts:
    """Pairs of host and port; no port stands for all."""

    entries: frozenset[tuple[str, int | None]] = frozenset()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> "AllowedHosts":
        """The hosts as a contract lists them. Raises NotAsked for what is no host."""
        return cls(frozenset(parse_entry(entry) for entry in entries))

    def __contains__(self, url: Url) -> bool:
        return not self.entries.isdisjoint({(url.host, None), (url.host, url.port)})


def parse_entry(entry: str) -> tuple[str, int | None]:
    """Host and port of one entry. Raises NotAsked."""
    match = _ENTRY.fullmatch(entry)
    if not match or (match[1] is not None and ":" not in match[1]):
        raise NotAsked("is no host, host:port or [address]:port")
    port = int(match[3]) if match[3] else None
    if port is not None and not 0 < port < 65536:
        raise NotAsked("names no port that there is")
    return normal_host(match[1] or match[2] or ""), port
