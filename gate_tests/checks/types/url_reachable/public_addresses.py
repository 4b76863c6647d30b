"""Which addresses are on the public internet; the URLs of an agent must not lead to any other.

From IANA's registries of special-purpose addresses, rather than from the version of them in this Python's `ipaddress`.
An IPv6 address that contains an IPv4 address is as public as that.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

from gate_tests.checks.types.url_reachable.url import UrlRejected

_NOT_PUBLIC: Final[tuple[tuple[IPv4Network | IPv6Network, str], ...]] = (
    (IPv4Network("0.0.0.0/8"), "an unspecified address"),
    (IPv4Network("10.0.0.0/8"), "a private address"),
    (IPv4Network("100.64.0.0/10"), "an address shared inside a provider's network"),
    (IPv4Network("127.0.0.0/8"), "a loopback address"),
    (IPv4Network("169.254.0.0/16"), "a link-local address"),
    (IPv4Network("172.16.0.0/12"), "a private address"),
    (IPv4Network("192.0.0.0/24"), "a reserved address"),
    (IPv4Network("192.0.2.0/24"), "an address for documentation"),
    (IPv4Network("192.88.99.0/24"), "a reserved address"),
    (IPv4Network("192.168.0.0/16"), "a private address"),
    (IPv4Network("198.18.0.0/15"), "an address for benchmarks"),
    (IPv4Network("198.51.100.0/24"), "an address for documentation"),
    (IPv4Network("203.0.113.0/24"), "an address for documentation"),
    (IPv4Network("224.0.0.0/4"), "a multicast address"),
    (IPv4Network("240.0.0.0/4"), "a reserved address"),
    (IPv6Network("::/128"), "an unspecified address"),
    (IPv6Network("::1/128"), "a loopback address"),
    (IPv6Network("64:ff9b:1::/48"), "a private address"),
    (IPv6Network("2001::/23"), "a reserved address"),
    (IPv6Network("2001:db8::/32"), "an address for documentation"),
    (IPv6Network("3fff::/20"), "an address for documentation"),
    (IPv6Network("fc00::/7"), "a private address"),
    (IPv6Network("fe80::/10"), "a link-local address"),
    (IPv6Network("fec0::/10"), "a private address"),
    (IPv6Network("ff00::/8"), "a multicast address"),
)

_GLOBAL_UNICAST: Final = IPv6Network("2000::/3")

# IPv6 networks whose addresses contain an IPv4 address, and the number of bits to the right of it.
_EMBEDS_IPV4: Final = (
    (IPv6Network("::/96"), 0),
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("::ffff:0:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)


class HostNotFound(Exception):
    """A host name that has no address."""


def resolve_host(host: str) -> tuple[str, ...]:
    """The distinct addresses of a host, in the order in which to try them. Raises HostNotFound."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise HostNotFound(host) from None
    return tuple(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


def check_public(addresses: tuple[str, ...]) -> None:
    """Raises UrlRejected if any of them is not public, whichever would be used."""
    for address in addresses:
        if kind := describe_non_public(address):
            raise UrlRejected(f"leads to {kind}, which allow_hosts does not allow")


def describe_non_public(address: str) -> str | None:
    """The kind of an address that is not public, such as `a loopback address`; None if it is public."""
    number = ip_address(address)
    for network, kind in _NOT_PUBLIC:
        if number in network:
            return kind
    return None if isinstance(number, IPv4Address) else _describe_non_public_ipv6(number)


def _describe_non_public_ipv6(number: IPv6Address) -> str | None:
    for network, bits in _EMBEDS_IPV4:
        if number in network:
            return describe_non_public(str(IPv4Address(int(number) >> bits & 0xFFFFFFFF)))
    return None if number in _GLOBAL_UNICAST else "a reserved address"
