"""A bound on what has none of its own: the resolver of the system, a server that sends a byte now and then."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


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
