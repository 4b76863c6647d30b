"""Keeps the cookies of one chain of redirects: many sites redirect for ever who does not send them back."""

import re
from collections.abc import Iterable
from typing import Final

MAX_COOKIES: Final = 50
MAX_COOKIE_CHARS: Final = 4096

_COOKIE: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,200})=([^\x00-\x20;\x7f-\U0010ffff]*)\s*(?:;|\Z)")
_DOMAIN: Final = re.compile(r";\s*domain\s*=\s*\.?([a-z0-9.-]{3,255}?)\s*(?:;|\Z)", re.IGNORECASE)


class Cookies:
    """Cookies by domain and name, none of which outlives the chain. What they mean and when they end is ignored."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str], str] = {}

    def collect(self, host: str, headers: Iterable[str]) -> None:
        """Take in the Set-Cookie headers of a response of `host`; what is malformed or for another site is ignored."""
        for header in headers:
            match = _COOKIE.match(header) if len(header) <= MAX_COOKIE_CHARS else None
            domain = _find_domain(host, header)
            if match and domain and len(self._values) < MAX_COOKIES:
                self._values[domain, match[1]] = match[2]

    def header_for(self, host: str) -> str:
        """The Cookie header for a request to `host`; empty if there are none."""
        return "; ".join(f"{name}={value}" for (domain, name), value in self._values.items() if _covers(domain, host))


def _find_domain(host: str, header: str) -> str | None:
    """What begins with a dot stands for all hosts below it too. None: a host that is not the sender's own."""
    match = _DOMAIN.search(header)
    if not match or match[1].lower() == host:
        return f".{host}" if match else host
    domain = f".{match[1].lower()}"
    return domain if _covers(domain, host) and domain.count(".") > 1 else None


def _covers(domain: str, host: str) -> bool:
    return host == domain or (domain.startswith(".") and f".{host}".endswith(domain))
