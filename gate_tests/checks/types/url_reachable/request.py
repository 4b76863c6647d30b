"""One request to one address: what the server says first, and nothing of what it sends after that."""

import errno
import ssl
from contextlib import closing
from enum import StrEnum
from functools import cache
from http.client import HTTPConnection as PlainConnection
from http.client import HTTPException
from typing import NamedTuple

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from gate_tests.checks.types.url_reachable.url import Url

ANSWER_S = 10.0
"""How long a server may say nothing, in seconds."""

_HEADERS = {
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": "Mozilla/5.0 (compatible; orch url_reachable)",
}


class Way(StrEnum):
    """How a server is asked, in the order in which it is tried."""

    HEAD = "HEAD"
    FIRST_BYTE = "GET of the first byte"
    GET = "GET"


class Reply(NamedTuple):
    """The first lines of an answer."""

    status: int
    location: str = ""
    retry_after: str = ""


class NotConnected(Exception):
    """No connection came about, and why. `no_network` is where nothing leads there."""

    def __init__(self, why: str, no_network: bool = False) -> None:
        super().__init__(why)
        self.no_network = no_network


class NotAnswered(Exception):
    """There was a connection but no answer, or one that is no HTTP."""


def ask(url: Url, way: Way, address: str, connect_s: float) -> Reply:
    """Asks `address`, and no other, for `url`. Raises NotConnected, NotAnswered.

    Each wait for the server is bounded, the whole is not: who sends a byte now and then can take longer.
    """
    with closing(_connection(url, address, connect_s)) as connection:
        _connect(connection)
        connection.timeout = ANSWER_S
        try:
            return _exchange(connection, url, way)
        except TimeoutError:
            raise NotAnswered("does not answer in time") from None
        except OSError:
            raise NotAnswered("closed the connection without an answer") from None
        except (HTTPException, HTTPError, ValueError):
            raise NotAnswered("answered with something that is no HTTP") from None


def _exchange(connection: HTTPConnection, url: Url, way: Way) -> Reply:
    headers = {"Host": url.authority, **_HEADERS}
    if way is Way.FIRST_BYTE:
        headers["Range"] = "bytes=0-0"
    connection.request("HEAD" if way is Way.HEAD else "GET", url.target, headers=headers)
    # Not urllib3's own: it would log, with what the server sent, that headers are malformed.
    with closing(PlainConnection.getresponse(connection)) as response:
        return Reply(response.status, response.getheader("Location", ""), response.getheader("Retry-After", ""))


def _connect(connection: HTTPConnection) -> None:
    try:
        connection.connect()
    except NewConnectionError as error:  # to urllib3 it is a kind of the next one
        raise _unconnected(error.__cause__) from None
    except (ConnectTimeoutError, TimeoutError):
        raise NotConnected("does not accept a connection in time") from None
    except ssl.SSLCertVerificationError as error:
        raise NotConnected(f"has no valid certificate ({error.verify_message})") from None
    except (HTTPError, OSError, ValueError):
        raise NotConnected("does not come to terms about TLS") from None


def _unconnected(cause: BaseException | None) -> NotConnected:
    code = cause.errno if isinstance(cause, OSError) else None
    if code in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL):
        return NotConnected("cannot be reached from here", no_network=True)
    return NotConnected("refuses the connection" if code == errno.ECONNREFUSED else "accepts no connection")


def _connection(url: Url, address: str, connect_s: float) -> HTTPConnection:
    """To the address, whatever the name resolves to by now. The certificate must be the name's."""
    if url.scheme == "http":
        return HTTPConnection(address, url.port, timeout=connect_s)
    return HTTPSConnection(
        address, url.port, timeout=connect_s, server_hostname=url.host, ssl_context=_trusted_by_this_system()
    )


@cache
def _trusted_by_this_system() -> ssl.SSLContext:
    return ssl.create_default_context()
