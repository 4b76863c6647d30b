import pytest

from gate_tests.checks.types.url_reachable.url import AllowedHosts, UrlRejected, parse_url


@pytest.mark.parametrize(
    ("entry", "url", "is_allowed"),
    [
        pytest.param("localhost", "http://localhost:3000/", True, id="a host at any port"),
        pytest.param("localhost:3000", "http://localhost:3000/", True, id="host and port"),
        pytest.param("localhost:3000", "http://localhost:3001/", False, id="another port"),
        pytest.param("localhost:80", "http://localhost/", True, id="the port of the scheme"),
        pytest.param("LocalHost.", "http://localhost/", True, id="another spelling of the name"),
        pytest.param("localhost", "http://127.0.0.1/", False, id="not by its address"),
        pytest.param("127.0.0.1", "http://2130706433/", False, id="not by another spelling of the address"),
        pytest.param("localhost", "http://a.localhost/", False, id="not what is below it"),
        pytest.param("[::1]", "http://[0:0::1]:8/", True, id="IPv6"),
        pytest.param("[::1]:8", "http://[::1]:9/", False, id="IPv6 at another port"),
    ],
)
def test_an_allowed_host_is_one_by_name_and_port(entry: str, url: str, is_allowed: bool) -> None:
    assert (parse_url(url) in AllowedHosts.parse([entry])) is is_allowed


@pytest.mark.parametrize(
    "entry",
    ["http://localhost", "localhost/", "a@b", "::1", "[localhost]", "localhost:0", "localhost:99999", ":80", ""],
)
def test_what_is_no_host_is_refused(entry: str) -> None:
    with pytest.raises(UrlRejected):
        AllowedHosts.parse([entry])
