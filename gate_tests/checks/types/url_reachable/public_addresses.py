"""Which addresses are on the public internet: to all others an agent's URL must not lead.

After the registries of special-purpose addresses that IANA keeps, in full rather than by what this version of Python
knows of them. An IPv6 address that carries an IPv4 address is judged by that one.
"""

import socket
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from gate_tests.checks.types.url_reachable.url import NotAsked

_NOT_PUBLIC: tuple[tuple[IPv4Network | IPv6Network, str], ...] = (
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

_GLOBAL_UNICAST = IPv6Network("2000::/3")

# An IPv6 network, and how many bits stand to the right of the IPv4 address that its addresses carry.
_CARRIES_IPV4 = (
    (IPv6Network("::/96"), 0),
    (IPv6Network("::ffff:0:0/96"), 0),
    (IPv6Network("::ffff:0:0:0/96"), 0),
    (IPv6Network("64:ff9b::/96"), 0),
    (IPv6Network("2002::/16"), 80),
)


class NoSuchHost(Exception):
    """A host name for which no address could be found."""


def addresses_of(host: str) -> tuple[str, ...]:
    """The addresses of a host, in the order in which to try them. Raises NoSuchHost."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NoSuchHost(host) from None
    return tuple(dict.fromkeys(str(address[0]) for _, _, _, _, address in found))


def check_public(addresses: tuple[str, ...]) -> None:
    """Raises NotAsked if one of them is not public: which of several is used must not decide."""
    for address in addresses:
        if kind := not_public(address):
            raise NotAsked(f"leads to {kind}, and allow_hosts does not name its host and port")


def not_public(address: str) -> str:
    """What kind of address it is, in words; empty if it is a public one."""
    number = ip_address(address)
    for network, kind in _NOT_PUBLIC:
        if number in network:
            return kind
    if isinstance(number, IPv4Address):
        return ""
    return _not_public_ipv6(number)


def _not_public_ipv6(number: IPv6Address) -> str:
    for network, bits in _CARRIES_IPV4:
        if number in network:
            return not_public(str(IPv4Address(int(number) >> bits & 0xFFFFFFFF)))
    return "" if number in _GLOBAL_UNICAST else "a reserved address"
