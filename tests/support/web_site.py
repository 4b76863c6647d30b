"""A web site to ask: a real server on a loopback address, whose answers a test decides."""

import socket
import ssl
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any, NamedTuple

CERTIFICATE = Path(__file__).with_name("web_site.test.pem")
"""A certificate for `site.test`, by itself, with its key; nobody trusts it."""


class Says(NamedTuple):
    """An answer; to HEAD `head`, if that is another. `raw` is all that is sent instead, `byte_s` apart if not 0."""

    status: int = 200
    headers: Mapping[str, str] = {}
    head: int | None = None
    raw: bytes | None = None
    byte_s: float = 0
    after_s: float = 0


Page = int | Says | list[int | Says]
"""What a path answers; of several one after the other, the last again and again."""


@dataclass
class Site:
    """What was asked of it, as (method, path), and how many requests a path had at once at most."""

    pages: dict[str, Page]
    port: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    most_at_once: int = 0
    _now: int = 0
    _lock: Any = field(default_factory=Lock)
    _said: Counter[str] = field(default_factory=Counter)

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def enter(self, method: str, path: str, headers: dict[str, str]) -> Says:
        with self._lock:
            self.asked.append((method, path))
            self.headers.append(headers)
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
            page = self.pages.get(path, 404)
            if isinstance(page, list):
                index = min(self._said[path], len(page) - 1)
                self._said[path] += 1
                page = page[index]
        return Says(page) if isinstance(page, int) else page

    def leave(self) -> None:
        with self._lock:
            self._now -= 1


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        says = self.site.enter(self.command, self.path, dict(self.headers))
        try:
            time.sleep(says.after_s)
        finally:
            self.site.leave()
        self.close_connection = True
        with suppress(OSError):  # whoever asked did not wait for the end
            self._say(says)

    do_HEAD = do_GET  # noqa: N815

    def _say(self, says: Says) -> None:
        if says.raw is not None:
            for part in [says.raw] if not says.byte_s else [bytes([byte]) for byte in says.raw]:
                self.wfile.write(part)
                time.sleep(says.byte_s)
            return
        is_head = self.command == "HEAD"
        self.send_response(says.head if is_head and says.head else says.status)
        for name, value in says.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error here."""


@contextmanager
def serving(pages: Mapping[str, Page], *, tls: bool = False) -> Iterator[Site]:
    """The site, as long as the block lasts."""
    site = Site(dict(pages))
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"site": site}))
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CERTIFICATE)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def unused_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port
