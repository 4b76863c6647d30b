"""Sends one request to one address and reads the status and headers, never a body."""

import errno
import ssl
from contextlib import closing
from enum import StrEnum
from functools import cache
from http.client import HTTPConnection as PlainConnection
from http.client import HTTPException
from typing import Final, NamedTuple

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from gate_tests.checks.types.url_reachable.url import Url

READ_TIMEOUT_S: Final = 10.0
"""For each read from the server, in seconds."""

_HEADERS: Final = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",  # some servers reject */* alone
    "Accept-Encoding": "identity",
    "Accept-Language": "en,*;q=0.5",
    "Connection": "close",
    "User-Agent": "Mozilla/5.0 (compatible; orch url_reachable)",
}


class RequestMethod(StrEnum):
    """The kinds of requests, in the order in which they are tried."""

    HEAD = "HEAD"
    FIRST_BYTE = "GET of the first byte"
    GET = "GET"


class Response(NamedTuple):
    """The status and the headers that matter, empty if absent."""

    status: int
    location: str = ""
    retry_after: str = ""
    set_cookies: tuple[str, ...] = ()


class ConnectionFailed(Exception):
    """No connection could be made. `no_network`: because there is no route to the address."""

    def __init__(self, message: str, no_network: bool = False) -> None:
        super().__init__(message)
        self.no_network = no_network


class NoResponse(Exception):
    """There was a connection, but no valid HTTP response."""


def send_request(url: Url, method: RequestMethod, address: str, connect_s: float) -> Response:
    """Requests `url` from `address` and no other. Raises ConnectionFailed, NoResponse.

    Each wait for the server has a timeout, the whole has none: a server that sends a byte now and then can take longer.
    """
    with closing(_connection(url, address, connect_s)) as connection:
        _connect(connection)
        connection.timeout = READ_TIMEOUT_S
        try:
            return _exchange(connection, url, method)
        except TimeoutError:
            raise NoResponse("timed out waiting for a response") from None
        except OSError:
            raise NoResponse("closed the connection without a response") from None
        except (HTTPException, HTTPError, ValueError):
            raise NoResponse("response is not valid HTTP") from None


def _exchange(connection: HTTPConnection, url: Url, method: RequestMethod) -> Response:
    headers = {"Host": url.authority, **_HEADERS}
    if method is RequestMethod.FIRST_BYTE:
        headers["Range"] = "bytes=0-0"
    if url.cookie:
        headers["Cookie"] = url.cookie
    connection.request("HEAD" if method is RequestMethod.HEAD else "GET", url.target, headers=headers)
    # Not urllib3's own method, which logs malformed headers with what the server sent.
    with closing(PlainConnection.getresponse(connection)) as response:
        return Response(
            response.status,
            response.getheader("Location", ""),
            response.getheader("Retry-After", ""),
            tuple(response.headers.get_all("Set-Cookie", ())),
        )


def _connect(connection: HTTPConnection) -> None:
    try:
        connection.connect()
    except NewConnectionError as error:  # a subclass of ConnectTimeoutError, though it is no time-out
        raise _to_connection_failed(error.__cause__) from None
    except (ConnectTimeoutError, TimeoutError):
        raise ConnectionFailed("timed out while connecting") from None
    except ssl.SSLCertVerificationError as error:
        raise ConnectionFailed(f"invalid TLS certificate ({error.verify_message})") from None
    except (HTTPError, OSError, ValueError):
        raise ConnectionFailed("TLS handshake failed") from None


def _to_connection_failed(cause: BaseException | None) -> ConnectionFailed:
    code = cause.errno if isinstance(cause, OSError) else None
    if code in (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL):
        return ConnectionFailed("unreachable", no_network=True)
    return ConnectionFailed("connection refused" if code == errno.ECONNREFUSED else "connection failed")


def _connection(url: Url, address: str, connect_s: float) -> HTTPConnection:
    """A connection to the address, whatever the host name resolves to by now; the certificate must match the name."""
    if url.scheme == "http":
        return HTTPConnection(address, url.port, timeout=connect_s)
    return HTTPSConnection(
        address, url.port, timeout=connect_s, server_hostname=url.host, ssl_context=_system_ssl_context()
    )


@cache
def _system_ssl_context() -> ssl.SSLContext:
    return ssl.create_default_context()
