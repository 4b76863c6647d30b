import pytest

from gate_tests.checks.types.url_reachable.public_addresses import (
    HostNotFound,
    check_public,
    describe_non_public,
    resolve_host,
)
from gate_tests.checks.types.url_reachable.url import UrlRejected


@pytest.mark.parametrize(
    "address",
    [
        *("1.1.1.1", "8.8.8.8", "11.0.0.1", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1", "192.169.0.1"),
        *("2606:4700::1111", "2a00::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"),
    ],
)
def test_a_public_address_is_told_from(address: str) -> None:
    assert describe_non_public(address) is None


@pytest.mark.parametrize(
    ("kind", "addresses"),
    [
        ("loopback", ["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]),
        ("private", ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "fc00::1", "fdff::1", "fec0::1"]),
        ("private", ["64:ff9b:1::7f00:1", "::ffff:10.0.0.1", "::10.0.0.1", "::ffff:0:10.0.0.1", "2002:c0a8:101::1"]),
        ("link-local", ["169.254.169.254", "fe80::1", "febf::1", "fe80::1%1", "::ffff:169.254.169.254"]),
        ("multicast", ["224.0.0.1", "239.255.255.255", "ff02::1", "ff0e::1"]),
        ("unspecified", ["0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0"]),
        ("provider", ["100.64.0.0", "100.127.255.255", "::ffff:100.64.0.1"]),
        ("documentation", ["192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "3fff::1"]),
        ("benchmarks", ["198.18.0.1", "198.19.255.255"]),
        ("reserved", ["240.0.0.1", "255.255.255.255", "192.0.0.8", "192.88.99.1", "2001::1", "100::1", "5f00::1"]),
    ],
)
def test_an_address_that_is_not_public_is_told_by_its_kind(kind: str, addresses: list[str]) -> None:
    assert [address for address in addresses if kind not in str(describe_non_public(address))] == []


def test_of_several_addresses_one_that_is_not_public_is_enough() -> None:
    check_public(("1.1.1.1", "2606:4700::1111"))
    with pytest.raises(UrlRejected, match="private"):
        check_public(("1.1.1.1", "10.0.0.1"))


@pytest.mark.parametrize("host", ["127.0.0.1", "2130706433", "0x7f.1", "0177.0.0.1", "127.1"])
def test_however_a_number_is_spelled_its_address_is_what_the_system_would_connect_to(host: str) -> None:
    assert resolve_host(host) == ("127.0.0.1",)


def test_a_name_without_an_address_is_no_host() -> None:
    with pytest.raises(HostNotFound):
        resolve_host("nothing.invalid")
