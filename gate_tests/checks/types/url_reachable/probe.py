"""What one URL answers in the end: other ways of asking tried, redirects followed, a busy server asked again."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from threading import Lock, Semaphore, Thread
from time import sleep
from typing import NamedTuple, TypeVar
from urllib.parse import quote, urljoin

from gate_tests.checks.types.url_reachable.public_addresses import NoSuchHost, addresses_of, check_public
from gate_tests.checks.types.url_reachable.request import NotAnswered, NotConnected, Reply, Way, ask
from gate_tests.checks.types.url_reachable.url import AllowedHosts, NotAsked, Url, parse_url

T = TypeVar("T")


MOST_REDIRECTS = 10
REQUEST_S = 10.0
"""How long one request may take, in seconds, from the connection to the end of the headers."""
CONNECT_S = 8.0
"""How long the last of a host's addresses may take to accept a connection, in seconds; the others half as long."""
URL_S = 30.0
"""How long one URL may take, in seconds, redirects and pauses included; waiting for its turn at a host is not."""
PAUSES_S = (1.0, 2.0, 4.0)
"""How long a server that is busy or broken is left alone before it is asked again."""
LONGEST_PAUSE_S = 8.0
"""As long as that a server may ask for with Retry-After."""
PER_HOST = 2
"""How many requests a host gets at once."""

_REDIRECTS = (301, 302, 303, 307, 308)


class Answer(NamedTuple):
    """The last status, or in words why there is none. `no_network` is where the URL's host was never reached."""

    status: int = 0
    why: str = ""
    no_network: bool = False

    @property
    def is_ok(self) -> bool:
        """Whether it is 2xx."""
        return 200 <= self.status < 300


def _refuses(way: Way, reply: Reply) -> bool:
    """Whether another way of asking is worth a try: many servers answer HEAD or a range with an error of any kind."""
    if way is Way.HEAD:
        return reply.status >= 400 and reply.status != 429
    return reply.status == 416


def _pause_s(reply: Reply, pause_s: float) -> float:
    asked_for = reply.retry_after.strip()
    return min(float(asked_for), LONGEST_PAUSE_S) if asked_for.isdecimal() and len(asked_for) < 10 else pause_s


def _redirected(text: str, location: str) -> str:
    """The URL that a Location header means. Raises NotAsked."""
    try:
        location = location.encode("latin-1").decode("utf-8")
    except UnicodeError:
        location = quote(location, safe="/%:@!$&'()*+,;=~?[]#", encoding="latin-1", errors="replace")
    try:
        return urljoin(text, location.strip())
    except ValueError:
        raise NotAsked("redirects to what is no URL") from None


class Patience:
    """Seconds that are used up only by what is done inside `spent`."""

    def __init__(self, seconds: float) -> None:
        self._given_s = self._left_s = seconds

    @contextmanager
    def spent(self) -> Iterator[float]:
        """Gives what is left and takes off how long the block took. Raises NotAnswered if nothing is left."""
        if self._left_s <= 0:
            raise NotAnswered(f"has not answered within {self._given_s:g} s")
        began = time.monotonic()
        try:
            yield self._left_s
        finally:
            self._left_s -= time.monotonic() - began


class Prober:
    """Asks for URLs, one or many at once, and remembers between them what concerns a host."""

    def __init__(self, allowed: AllowedHosts, pauses_s: Sequence[float] = PAUSES_S) -> None:
        self._allowed = allowed
        self._pauses_s = pauses_s
        self._lock = Lock()
        self._turns: defaultdict[str, Semaphore] = defaultdict(lambda: Semaphore(PER_HOST))
        self._addresses: dict[str, tuple[str, ...] | NoSuchHost] = {}

    def probe(self, text: str) -> Answer:
        """What the URL `text` answers. Never raises for what a server sends."""
        patience = Patience(URL_S)
        after = ""
        try:
            for _ in range(MOST_REDIRECTS + 1):
                reply = self._reply(parse_url(text), patience)
                if reply.status not in _REDIRECTS or not reply.location:
                    return Answer(reply.status)
                text = _redirected(text, reply.location)
                after = "after a redirect, "
            return Answer(why=f"more than {MOST_REDIRECTS} redirects")
        except (NotAsked, NotAnswered) as reason:
            return Answer(why=f"{after}{reason}")
        except NotConnected as reason:
            return Answer(why=f"{after}{reason}", no_network=reason.no_network and not after)

    def _reply(self, url: Url, patience: Patience) -> Reply:
        """The reply to one hop. A server that is busy or broken is asked again."""
        ways = list(Way)
        for pause_s in self._pauses_s:
            reply = self._reply_to_a_way(url, ways, patience)
            if reply.status != 429 and reply.status < 500:
                return reply
            with patience.spent() as left_s:
                sleep(min(_pause_s(reply, pause_s), left_s))
        return self._reply_to_a_way(url, ways, patience)

    def _reply_to_a_way(self, url: Url, ways: list[Way], patience: Patience) -> Reply:
        """The reply to the first of `ways` that the server takes; those that it refuses are taken off."""
        while len(ways) > 1:
            try:
                reply = self._ask(url, ways[0], patience)
                if not _refuses(ways[0], reply):
                    return reply
            except NotAnswered:
                if ways[0] is not Way.HEAD:
                    raise
            ways.pop(0)
        return self._ask(url, ways[0], patience)

    def _ask(self, url: Url, way: Way, patience: Patience) -> Reply:
        with self._turn(url.host), patience.spent() as left_s:
            try:
                return within(min(REQUEST_S, left_s), lambda: self._ask_one_of_its_addresses(url, way))
            except TimeoutError:
                raise NotAnswered("does not answer in time") from None

    def _ask_one_of_its_addresses(self, url: Url, way: Way) -> Reply:
        """The reply of the first address that accepts a connection: each was looked at before."""
        *others, last = self._permitted_addresses(url)
        for address in others:
            try:
                return ask(url, way, address, CONNECT_S / 2)
            except NotConnected:
                continue
        return ask(url, way, last, CONNECT_S)

    def _permitted_addresses(self, url: Url) -> tuple[str, ...]:
        """The addresses of the host, found once: a name that resolves otherwise by the next hop gains nothing."""
        with self._lock:
            known = self._addresses.get(url.host)
        if known is None:
            known = self._remember(url.host)
        if isinstance(known, NoSuchHost):
            raise NotConnected("has a host name that cannot be resolved", no_network=True)
        if url not in self._allowed:
            check_public(known)
        return known

    def _remember(self, host: str) -> tuple[str, ...] | NoSuchHost:
        found: tuple[str, ...] | NoSuchHost
        try:
            found = addresses_of(host)
        except NoSuchHost as error:
            found = error
        with self._lock:
            return self._addresses.setdefault(host, found)

    def _turn(self, host: str) -> Semaphore:
        with self._lock:
            return self._turns[host]


def within(seconds: float, call: Callable[[], T]) -> T:
    """What `call` gives or raises. Raises TimeoutError after `seconds`; the call is then left to itself."""
    future: Future[T] = Future()
    Thread(target=_run, args=(future, call), daemon=True).start()
    return future.result(seconds)


def _run(future: Future[T], call: Callable[[], T]) -> None:
    try:
        future.set_result(call())
    except BaseException as error:
        future.set_exception(error)
