"""Probes one URL: tries several request methods, follows redirects, and retries when a server is busy."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Lock, Semaphore, Thread
from time import sleep
from typing import Final, NamedTuple, TypeVar
from urllib.parse import quote, urljoin

from gate_tests.checks.types.url_reachable.cookies import Cookies
from gate_tests.checks.types.url_reachable.public_addresses import HostNotFound, check_public, resolve_host
from gate_tests.checks.types.url_reachable.request import (
    ConnectionFailed,
    NoResponse,
    RequestMethod,
    Response,
    send_request,
)
from gate_tests.checks.types.url_reachable.url import AllowedHosts, Url, UrlRejected, parse_url

T = TypeVar("T")


MAX_REDIRECTS: Final = 10
REQUEST_TIMEOUT_S: Final = 10.0
"""For one request, in seconds, from the connection to the end of the headers."""
CONNECT_TIMEOUT_S: Final = 8.0
"""For the last of a host's addresses to accept a connection, in seconds; the others get half of it."""
URL_TIMEOUT_S: Final = 30.0
"""For one URL, in seconds, redirects and delays included, but not the time that it waits for MAX_PER_HOST."""
RETRY_DELAYS_S: Final = (1.0, 2.0, 4.0)
"""The delays before each retry of a request that a server answers with 429 or 5xx, in seconds."""
MAX_RETRY_DELAY_S: Final = 8.0
"""The longest delay that a server may ask for with Retry-After, in seconds."""
MAX_PER_HOST: Final = 2
"""Requests to one host at the same time."""

_REDIRECTS: Final = (301, 302, 303, 307, 308)


class ProbeResult(NamedTuple):
    """The final status, or 0 and an error. `no_network`: nothing was reached, as without a network."""

    status: int = 0
    error: str | None = None
    no_network: bool = False

    @property
    def is_ok(self) -> bool:
        """Whether it is 2xx."""
        return 200 <= self.status < 300


def _rejects_method(method: RequestMethod, response: Response) -> bool:
    """Whether to try the next method: many servers answer HEAD, or a range, with an error of any kind."""
    if method is RequestMethod.HEAD:
        return response.status >= 400 and response.status != 429
    return response.status == 416


def _choose_delay_s(response: Response, delay_s: float) -> float:
    requested = response.retry_after.strip()
    return min(float(requested), MAX_RETRY_DELAY_S) if requested.isdecimal() and len(requested) < 10 else delay_s


def _resolve_redirect(text: str, location: str) -> str:
    """The URL in a Location header, relative to `text`. Raises UrlRejected."""
    try:
        location = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        location = quote(location, safe="/%:@!$&'()*+,;=~?[]#", encoding="latin-1", errors="replace")
    try:
        return urljoin(text, location.strip())
    except ValueError:
        raise UrlRejected("redirects to an invalid URL") from None


class TimeBudget:
    """A number of seconds, of which only the blocks of `spend` use up any."""

    def __init__(self, seconds: float) -> None:
        self._total_s = self._left_s = seconds

    @contextmanager
    def spend(self) -> Iterator[float]:
        """Yields the seconds left, and subtracts the duration of the block. Raises NoResponse if none are left."""
        if self._left_s <= 0:
            raise NoResponse(f"timed out after {self._total_s:g} s")
        started = time.monotonic()
        try:
            yield self._left_s
        finally:
            self._left_s -= time.monotonic() - started


class Prober:
    """Probes URLs, from one or many threads; it keeps the addresses and the running requests of each host."""

    def __init__(self, allowed: AllowedHosts, retry_delays_s: Sequence[float] = RETRY_DELAYS_S) -> None:
        self._allowed = allowed
        self._retry_delays_s = retry_delays_s
        self._lock = Lock()
        self._host_semaphores: defaultdict[str, Semaphore] = defaultdict(lambda: Semaphore(MAX_PER_HOST))
        self._addresses: dict[str, tuple[str, ...] | HostNotFound] = {}

    def probe(self, text: str) -> ProbeResult:
        """Requests the URL `text`. Never raises because of what a server sends."""
        budget, cookies = TimeBudget(URL_TIMEOUT_S), Cookies()
        prefix = ""
        try:
            for _ in range(MAX_REDIRECTS + 1):
                url = parse_url(text)
                response = self._request_with_retries(url._replace(cookie=cookies.header_for(url.host)), budget)
                cookies.collect(url.host, response.set_cookies)
                if response.status not in _REDIRECTS or not response.location:
                    return ProbeResult(response.status)
                text = _resolve_redirect(text, response.location)
                prefix = "after a redirect, "
            return ProbeResult(error=f"more than {MAX_REDIRECTS} redirects")
        except (UrlRejected, NoResponse) as error:
            return ProbeResult(error=f"{prefix}{error}")
        except ConnectionFailed as error:
            return ProbeResult(error=f"{prefix}{error}", no_network=error.no_network and not prefix)

    def _request_with_retries(self, url: Url, budget: TimeBudget) -> Response:
        """The response of one hop, after retries where the status is 429 or 5xx."""
        methods = list(RequestMethod)
        for delay_s in self._retry_delays_s:
            response = self._request_any_method(url, methods, budget)
            if response.status != 429 and response.status < 500:
                return response
            with budget.spend() as left_s:
                sleep(min(_choose_delay_s(response, delay_s), left_s))
        return self._request_any_method(url, methods, budget)

    def _request_any_method(self, url: Url, methods: list[RequestMethod], budget: TimeBudget) -> Response:
        """The response to the first of `methods` that the server accepts; those that it rejects are removed."""
        while len(methods) > 1:
            try:
                response = self._request(url, methods[0], budget)
                if not _rejects_method(methods[0], response):
                    return response
            except NoResponse:
                if methods[0] is not RequestMethod.HEAD:
                    raise
            methods.pop(0)
        return self._request(url, methods[0], budget)

    def _request(self, url: Url, method: RequestMethod, budget: TimeBudget) -> Response:
        with self._host_semaphore(url.host), budget.spend() as left_s:
            try:
                return call_with_timeout(min(REQUEST_TIMEOUT_S, left_s), lambda: self._request_any_address(url, method))
            except TimeoutError:
                raise NoResponse("timed out waiting for a response") from None

    def _request_any_address(self, url: Url, method: RequestMethod) -> Response:
        """The response of the first address that accepts a connection."""
        *others, last = self._find_allowed_addresses(url)
        for address in others:
            try:
                return send_request(url, method, address, CONNECT_TIMEOUT_S / 2)
            except ConnectionFailed:
                continue
        return send_request(url, method, last, CONNECT_TIMEOUT_S)

    def _find_allowed_addresses(self, url: Url) -> tuple[str, ...]:
        """The host's addresses, all of them public or the host allowed. Raises ConnectionFailed, UrlRejected.

        They are resolved once, so that DNS rebinding between two hops has no effect.
        """
        with self._lock:
            known = self._addresses.get(url.host)
        if known is None:
            known = self._resolve(url.host)
        if isinstance(known, HostNotFound):
            raise ConnectionFailed("host name cannot be resolved", no_network=True)
        if url not in self._allowed:
            check_public(known)
        return known

    def _resolve(self, host: str) -> tuple[str, ...] | HostNotFound:
        found: tuple[str, ...] | HostNotFound
        try:
            found = resolve_host(host)
        except HostNotFound as error:
            found = error
        with self._lock:
            return self._addresses.setdefault(host, found)

    def _host_semaphore(self, host: str) -> Semaphore:
        with self._lock:
            return self._host_semaphores[host]


def call_with_timeout(seconds: float, call: Callable[[], T]) -> T:
    """The result of `call`, run in a thread. Raises TimeoutError after `seconds`; the thread is then abandoned."""
    future: Future[T] = Future()
    Thread(target=_run, args=(future, call), daemon=True).start()
    return future.result(seconds)


def _run(future: Future[T], call: Callable[[], T]) -> None:
    try:
        future.set_result(call())
    except BaseException as error:
        future.set_exception(error)
