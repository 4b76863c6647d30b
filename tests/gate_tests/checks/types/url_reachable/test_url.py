import pytest

from gate_tests.checks.types.url_reachable.url import MAX_URL_CHARS, UrlRejected, parse_url


@pytest.mark.parametrize(
    ("text", "host", "port", "target"),
    [
        pytest.param("http://a.example", "a.example", 80, "/", id="no path"),
        pytest.param("https://a.example/b?c=d#e", "a.example", 443, "/b?c=d", id="a fragment is not sent"),
        pytest.param("HTTPS://A.Example/B", "a.example", 443, "/B", id="letter case"),
        pytest.param("http://a.example:8080/", "a.example", 8080, "/", id="port"),
        pytest.param("http://a.example./", "a.example", 80, "/", id="a dot at the end"),
        pytest.param(
            "http://m\u00fcnchen.example/\u00fc?\u00fc", "xn--mnchen-3ya.example", 80, "/%C3%BC?%C3%BC", id="IDNA"
        ),
        pytest.param("http://\uff11\uff12\uff17\u30020.0.1/", "127.0.0.1", 80, "/", id="full-width digits"),
        pytest.param("http://a.example/My File%20x", "a.example", 80, "/My%20File%20x", id="a space in the path"),
        pytest.param("http://[2001:DB8::0:1]:81/", "2001:db8::1", 81, "/", id="IPv6"),
        pytest.param("http://a.example?q", "a.example", 80, "/?q", id="a query right after the host"),
        pytest.param("https://a.example/@b", "a.example", 443, "/@b", id="an at sign in the path"),
        pytest.param(" http://a.example/ ", "a.example", 80, "/", id="spaces around"),
        pytest.param("http://a_b.example/", "a_b.example", 80, "/", id="an underscore"),
        pytest.param("http://a.example//b\\c", "a.example", 80, "//b%5Cc", id="a backslash in the path"),
        pytest.param("http://2130706433/", "2130706433", 80, "/", id="a number is a host: what it means is looked up"),
    ],
)
def test_a_url_is_taken_apart_into_what_is_connected_to_and_what_is_sent(
    text: str, host: str, port: int, target: str
) -> None:
    url = parse_url(text)
    assert (url.host, url.port, url.target) == (host, port, target)


@pytest.mark.parametrize(
    ("text", "error"),
    [
        pytest.param("ftp://a.example/", "neither http nor https", id="another scheme"),
        pytest.param("images/a.jpg", "neither http nor https", id="a path"),
        pytest.param("file:///etc/passwd", "neither http nor https", id="a file"),
        pytest.param("", "neither http nor https", id="nothing"),
        pytest.param("http://", "has no valid host name", id="no host"),
        pytest.param("http:///a", "has no valid host name", id="an empty host"),
        pytest.param("http:a.example", "has no valid host name", id="no slashes"),
        pytest.param("http://${host}/", "has no valid host name", id="a placeholder"),
        pytest.param("http://a..example/", "has no valid host name", id="an empty label"),
        pytest.param("http://%31%32%37.0.0.1/", "has no valid host name", id="a host percent-encoded"),
        pytest.param("http://a\\b/", "has no valid host name", id="a backslash"),
        pytest.param("http://a.example@127.0.0.1/", "contains user info", id="a user"),
        pytest.param("http://user:secret@a.example/", "contains user info", id="a password"),
        pytest.param("http://[::1/", "is not a URL", id="a bracket left open"),
        pytest.param("http://[fe80::1%25eth0]/", "has no valid host name", id="a zone"),
        pytest.param("http://a.example:0/", "port 0", id="port 0"),
        pytest.param("http://a.example:65536/", "is not a URL", id="no port"),
        pytest.param("http://a.example:x/", "is not a URL", id="a port that is no number"),
        pytest.param("http://a.example/\r\nHost: b", "control characters", id="a line end"),
        pytest.param("http://a.example/\0", "control characters", id="a null byte"),
        pytest.param("http://stra\u00dfe.example/", "ambiguous", id="two readings in IDNA"),
        pytest.param("http://" + "a" * 300, "too long", id="a host that is too long"),
        pytest.param("http://a.example/" + "a" * MAX_URL_CHARS, "longer than", id="a URL that is too long"),
    ],
)
def test_what_is_no_plain_url_is_not_asked_for(text: str, error: str) -> None:
    with pytest.raises(UrlRejected, match=error):
        parse_url(text)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("http://a.example:80/", "a.example", id="the port of the scheme"),
        pytest.param("http://a.example:443/", "a.example:443", id="another port"),
        pytest.param("https://[::1]:443/", "[::1]", id="IPv6"),
        pytest.param("https://[::1]:80/", "[::1]:80", id="IPv6 and port"),
    ],
)
def test_the_server_is_told_its_host_and_a_port_that_is_not_the_usual_one(text: str, told: str) -> None:
    assert parse_url(text).authority == told
