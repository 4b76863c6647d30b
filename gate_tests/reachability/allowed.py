"""The hosts that a contract opens wherever they are: `host` or `host:port`, an IPv6 address in brackets."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from gate_tests.reachability.url import NotAsked, Url, normal_host

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
