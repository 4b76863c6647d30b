import socket
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from gate_tests.checks.types.url_reachable import probe, request
from gate_tests.checks.types.url_reachable.probe import MAX_REDIRECTS, Prober, ProbeResult
from gate_tests.checks.types.url_reachable.url import AllowedHosts
from tests.support.web_site import CERTIFICATE, Page, Says, Site, serving, unused_port


def to(location: str, status: int = 302) -> Says:
    return Says(status, {"Location": location})


def prober(*hosts: str) -> Prober:
    """One that does not wait before it asks again."""
    return Prober(AllowedHosts.parse(hosts), retry_delays_s=(0, 0, 0))


def asked(page: Page, **pages: Page) -> tuple[ProbeResult, Site]:
    """What the path / answers, whose page this is; of the others a name is the path."""
    with serving({"/": page, **{f"/{name}": other for name, other in pages.items()}}) as site:
        return prober(site.host).probe(f"{site.url}/"), site


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Gives names addresses; tells which were looked up."""
    looked_up: list[str] = []
    known: dict[str, list[str]] = {}
    real = socket.getaddrinfo

    def getaddrinfo(host: str, *arguments: object, **keys: object) -> list[tuple[object, ...]]:
        if host not in known:
            return real(host, *arguments, **keys)  # type: ignore[arg-type,return-value]
        looked_up.append(host)
        address = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in address.split()]

    def name(host: str, *addresses: str) -> list[str]:
        known[host] = list(addresses)
        return looked_up

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return name


def test_a_page_that_is_there_is_asked_for_by_its_head_alone() -> None:
    answer, site = asked(200)
    assert answer.is_ok
    assert site.asked == [("HEAD", "/")]


def test_a_page_is_asked_for_as_a_browser_does() -> None:
    _, site = asked(200)
    assert site.headers[0]["Accept"].startswith("text/html,")
    assert site.headers[0]["Accept-Language"].startswith("en,")


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500, 501, 503])
def test_a_server_that_refuses_head_is_asked_for_the_first_byte(status: int) -> None:
    answer, site = asked(Says(206, head=status))
    assert answer == ProbeResult(206)
    assert site.asked == [("HEAD", "/"), ("GET", "/")]
    assert site.headers[1]["Range"] == "bytes=0-0"


def test_a_server_that_closes_the_connection_on_head_is_asked_for_the_first_byte() -> None:
    answer, site = asked([Says(raw=b""), 200])
    assert answer.is_ok
    assert [method for method, _ in site.asked] == ["HEAD", "GET"]


def test_an_empty_page_that_has_no_first_byte_is_there_all_the_same() -> None:
    answer, site = asked([405, 416, 200])
    assert answer.is_ok
    assert ["Range" in headers for headers in site.headers] == [False, True, False]


@pytest.mark.parametrize("status", [300, 304, 401, 403, 404, 410, 418, 999])
def test_any_other_status_is_the_answer(status: int) -> None:
    answer, _ = asked(status)
    assert answer == ProbeResult(status)
    assert not answer.is_ok


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed(status: int) -> None:
    answer, site = asked(to("/there", status), there=200)
    assert answer.is_ok
    assert site.asked == [("HEAD", "/"), ("HEAD", "/there")]


@pytest.mark.parametrize(
    "location",
    [
        pytest.param("there", id="relative"),
        pytest.param("?a=b", id="a query"),
        pytest.param("//{host}/there", id="no scheme"),
        pytest.param("http://{host}/there#part", id="in full, with a fragment"),
        pytest.param("/there is", id="a space"),
        pytest.param("/th\u00e9re", id="bytes that are no UTF-8"),
        pytest.param("/th\u00c3\u00a9re", id="bytes that are UTF-8"),
    ],
)
def test_a_redirect_may_be_written_in_many_ways(location: str) -> None:
    with serving({}) as site:
        site.pages |= {"/": to(location.format(host=site.host)), "/there": 200, "/?a=b": 200, "/there%20is": 200}
        site.pages |= {"/th%E9re": 200, "/th%C3%A9re": 200}
        assert prober(site.host).probe(site.url).is_ok


def test_redirects_that_do_not_end_are_followed_ten_times() -> None:
    answer, site = asked(to("/"))
    assert answer == ProbeResult(error="more than 10 redirects")
    assert len(site.asked) == MAX_REDIRECTS + 1


def test_ten_redirects_are_followed() -> None:
    chain: dict[str, Page] = {f"/{n}": to(f"/{n + 1}") for n in range(10)}
    with serving({**chain, "/10": 200}) as site:
        assert prober(site.host).probe(f"{site.url}/0").is_ok


def test_a_redirect_without_a_location_leads_nowhere() -> None:
    assert asked(302)[0] == ProbeResult(302)


@pytest.mark.parametrize(
    ("location", "error"),
    [
        pytest.param("http://localhost:{port}/there", "leads to a loopback address", id="another name of the host"),
        pytest.param("http://127.0.0.1:{other}/", "leads to a loopback address", id="another port"),
        pytest.param("http://169.254.169.254/latest/meta-data", "leads to a link-local address", id="link-local"),
        pytest.param("ftp://127.0.0.1/", "is neither http nor https", id="another scheme"),
        pytest.param("file:///etc/passwd", "is neither http nor https", id="a file"),
        pytest.param("http://me@127.0.0.1:{port}/there", "contains user info", id="a user"),
        pytest.param("http://[", "redirects to an invalid URL", id="no URL"),
    ],
)
def test_a_redirect_is_looked_at_as_closely_as_the_url_itself(location: str, error: str) -> None:
    with serving({"/there": 200}) as site:
        site.pages["/"] = to(location.format(port=site.port, other=site.port + 1))
        answer = prober(site.host).probe(site.url)
    assert str(answer.error).removeprefix("after a redirect, ").startswith(error)
    assert site.asked == [("HEAD", "/")]


def test_a_busy_server_is_asked_again() -> None:
    answer, site = asked([429, 429, 429, 200])
    assert answer.is_ok
    assert len(site.asked) == 4


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_broken_server_is_asked_again(status: int) -> None:
    assert asked([status, status, 200])[0].is_ok


def test_a_server_that_stays_busy_or_broken_fails() -> None:
    answer, site = asked(503)
    assert answer == ProbeResult(503)
    assert [method for method, _ in site.asked] == ["HEAD", "GET", "GET", "GET", "GET"]
    assert asked(429)[0] == ProbeResult(429)


@pytest.mark.parametrize(
    ("retry_after", "pauses_s"),
    [
        pytest.param("2", [2, 2, 2], id="what it asks for"),
        pytest.param("3600", [8, 8, 8], id="not longer than eight seconds"),
        pytest.param("Wed, 21 Oct 2026 07:28:00 GMT", [3, 4, 5], id="a date: as ever"),
        pytest.param("-1", [3, 4, 5], id="no time: as ever"),
        pytest.param("9" * 400, [3, 4, 5], id="more than a number: as ever"),
    ],
)
def test_a_server_says_when_to_ask_again(
    monkeypatch: pytest.MonkeyPatch, retry_after: str, pauses_s: list[float]
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(probe, "sleep", slept.append)
    with serving({"/": Says(429, {"Retry-After": retry_after})}) as site:
        Prober(AllowedHosts.parse([site.host]), retry_delays_s=(3, 4, 5)).probe(site.url)
    assert slept == pauses_s


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        pytest.param(b"", "closed the connection without a response", id="nothing"),
        pytest.param(b"\0\xff\xfe garbage\r\n\r\n", "response is not valid HTTP", id="garbage"),
        pytest.param(b"SSH-2.0-OpenSSH_9.9\r\n", "response is not valid HTTP", id="another protocol"),
        pytest.param(b"HTTP/1.1 abc OK\r\n\r\n", "response is not valid HTTP", id="a status that is no number"),
        pytest.param(b"HTTP/1.1 99999 OK\r\n\r\n", "response is not valid HTTP", id="a status that is none"),
        pytest.param(b"HTTP/1.1 200 OK" + b"x" * 100_000, "response is not valid HTTP", id="a line without an end"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 5000, "response is not valid HTTP", id="headers without an end"
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nA: " + b"x" * 100_000, "response is not valid HTTP", id="a header without an end"
        ),
    ],
)
def test_an_answer_that_is_none_fails(raw: bytes, error: str) -> None:
    answer, _ = asked(Says(raw=raw))
    assert answer.status == 0
    assert error in str(answer.error)


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n" + b"x" * 100, id="a body that is longer"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1e9\r\n\r\n", id="a length that is no number"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", id="a length below zero"),
        pytest.param(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz", id="chunks that are none"),
        pytest.param(b"HTTP/1.1 200\r\n\r\n", id="no reason"),
        pytest.param(b"HTTP/1.1 200 \xff\xfe\r\n\xff: \0\r\nno header\r\n\r\n", id="headers that are none"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", id="first a go-on"),
    ],
)
def test_what_stands_behind_the_status_does_not_matter(raw: bytes, caplog: pytest.LogCaptureFixture) -> None:
    assert asked(Says(raw=raw))[0].is_ok
    assert caplog.records == []


def test_a_location_of_any_bytes_is_no_harm() -> None:
    every_byte = bytes(byte for byte in range(256) if byte not in b"\r\n")
    answer, _ = asked(Says(raw=b"HTTP/1.1 302 Found\r\nLocation: http://" + every_byte + b"\r\n\r\n"))
    assert not answer.is_ok


@pytest.mark.slow
def test_a_server_that_says_nothing_is_waited_for_so_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "REQUEST_TIMEOUT_S", 0.2)
    answer, _ = asked(Says(after_s=1))
    assert answer == ProbeResult(error="timed out waiting for a response")


@pytest.mark.slow
def test_a_server_that_sends_a_byte_now_and_then_is_waited_for_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "REQUEST_TIMEOUT_S", 0.2)
    began = time.monotonic()
    answer, _ = asked(Says(raw=b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 100, byte_s=0.05))
    assert answer == ProbeResult(error="timed out waiting for a response")
    assert time.monotonic() - began < 15


@pytest.mark.slow
def test_all_that_one_url_takes_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probe, "URL_TIMEOUT_S", 0.3)
    answer, site = asked(Says(302, {"Location": "/"}, after_s=0.1))
    assert answer.status == 0
    assert len(site.asked) <= 4


def test_a_port_on_which_nothing_listens_refuses() -> None:
    host = f"127.0.0.1:{unused_port()}"
    assert prober(host).probe(f"http://{host}/") == ProbeResult(error="connection refused")


def test_a_host_that_cannot_be_found_is_no_network_to_the_caller() -> None:
    answer = prober().probe("http://nothing.invalid/")
    assert answer == ProbeResult(error="host name cannot be resolved", no_network=True)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "localhost.", "2130706433", "0x7f.1", "127.1", "[::1]", "[::ffff:127.0.0.1]"]
)
def test_a_host_that_is_not_public_is_never_connected_to(host: str) -> None:
    with serving({"/": 200}) as site:
        answer = prober("other.example").probe(f"http://{host}:{site.port}/")
    assert answer.error == "leads to a loopback address, which allow_hosts does not allow"
    assert site.asked == []


def test_a_name_with_an_address_that_is_not_public_is_not_connected_to(names: Callable[..., list[str]]) -> None:
    names("site.test", "93.184.215.14 127.0.0.1")
    assert str(prober().probe("http://site.test/").error).startswith("leads to a loopback address")


def test_a_name_is_looked_up_once_and_its_address_is_connected_to(names: Callable[..., list[str]]) -> None:
    with serving({"/": to("/there"), "/there": 200}) as site:
        looked_up = names("site.test", "127.0.0.1", "10.255.255.1")
        asks = prober(f"site.test:{site.port}")
        assert asks.probe(f"http://site.test:{site.port}/").is_ok
        assert asks.probe(f"http://site.test:{site.port}/there").is_ok
    assert looked_up == ["site.test"]
    assert {headers["Host"] for headers in site.headers} == {f"site.test:{site.port}"}


def test_of_several_addresses_the_first_that_accepts_a_connection_is_asked(names: Callable[..., list[str]]) -> None:
    with serving({"/": 200}) as site:
        names("site.test", "127.0.0.2 127.0.0.1")
        assert prober("site.test").probe(f"http://site.test:{site.port}/").is_ok


def test_neither_a_proxy_nor_a_secret_of_the_surroundings_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    (home / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("HOME", str(home))
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{unused_port()}")
    answer, site = asked([Says(302, {"Location": "/"}), 200])
    assert answer.is_ok
    sent = {"Host", "Accept", "Accept-Encoding", "Accept-Language", "Connection", "User-Agent"}
    assert [set(headers) for headers in site.headers] == [sent, sent]


def test_a_cookie_is_sent_back_to_its_host_in_the_same_chain_of_redirects() -> None:
    with serving({"/": [Says(302, {"Location": "/", "Set-Cookie": "a=b; Path=/; HttpOnly"}), 200, 200]}) as site:
        asks = prober(site.host)
        assert asks.probe(site.url).is_ok
        assert asks.probe(site.url).is_ok
    assert [headers.get("Cookie") for headers in site.headers] == [None, "a=b", None]


def test_a_host_gets_two_requests_at_once_at_most() -> None:
    with serving({f"/{n}": Says(after_s=0.02) for n in range(12)}) as site:
        asks = prober(site.host)
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(asks.probe, [f"{site.url}/{n}" for n in range(12)]))
    assert all(answer.is_ok for answer in answers)
    assert site.most_at_once == 2


def test_a_certificate_that_nobody_trusts_fails() -> None:
    with serving({"/": 200}, tls=True) as site:
        answer = prober(site.host).probe(f"https://{site.host}/")
    assert str(answer.error).startswith("invalid TLS certificate (self")
    assert site.asked == []


@pytest.fixture
def trusting(monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    monkeypatch.setattr(request, "_system_ssl_context", lambda: context)


@pytest.mark.usefixtures("trusting")
def test_the_certificate_must_be_that_of_the_name_and_not_of_the_address(names: Callable[..., list[str]]) -> None:
    with serving({"/": 200}, tls=True) as site:
        names("site.test", "127.0.0.1")
        names("other.test", "127.0.0.1")
        asks = prober(site.host, "site.test", "other.test")
        assert asks.probe(f"https://site.test:{site.port}/").is_ok
        assert str(asks.probe(f"https://other.test:{site.port}/").error).startswith("invalid TLS certificate (Hostname")
        assert str(asks.probe(f"https://127.0.0.1:{site.port}/").error).startswith(
            "invalid TLS certificate (IP address"
        )


def test_a_server_without_tls_fails_where_tls_is_meant() -> None:
    with serving({"/": 200}) as site:
        answer = prober(site.host).probe(f"https://{site.host}/")
    assert answer == ProbeResult(error="TLS handshake failed")


def test_nothing_is_left_behind_when_the_answers_are_there() -> None:
    before = threading.active_count()
    asked([404, 404, 503, 200])
    deadline = time.monotonic() + 20
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before
