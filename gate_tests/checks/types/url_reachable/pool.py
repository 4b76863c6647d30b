"""Probes many URLs concurrently, within a time limit."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Final
from urllib.parse import urlsplit

from gate_tests.checks.types.url_reachable.probe import ProbeResult
from gate_tests.progress import track_progress

MAX_CONCURRENT: Final = 8
"""URLs that are probed at the same time."""

NO_TIME_LEFT: Final = ProbeResult(error="the check timed out")

_Item = tuple[str, ProbeResult | BaseException]


def probe_all(urls: Sequence[str], probe: Callable[[str], ProbeResult], time_s: float) -> Mapping[str, ProbeResult]:
    """The result of `probe` for each of the distinct `urls`, in their order; NO_TIME_LEFT after `time_s` seconds."""
    deadline = time.monotonic() + time_s
    pending, results, stop = SimpleQueue[str](), SimpleQueue[_Item](), Event()
    for url in _interleave_hosts(urls):
        pending.put(url)
    try:
        for _ in range(min(MAX_CONCURRENT, len(urls))):
            _start(Thread(target=_work, args=(pending, results, stop, probe), daemon=True))
        collected = _collect_results(results, len(urls), deadline)
        by_url = dict(track_progress(collected, lambda _: 1, lambda done: f"urls {done} of {len(urls)}", after_s=0))
    finally:
        stop.set()
    return {url: by_url.get(url, NO_TIME_LEFT) for url in urls}


def _start(thread: Thread) -> None:
    try:
        thread.start()
    except RuntimeError:  # there is no memory for its stack
        raise MemoryError from None


def _work(
    pending: "SimpleQueue[str]", results: "SimpleQueue[_Item]", stop: Event, probe: Callable[[str], ProbeResult]
) -> None:
    while not stop.is_set():
        try:
            url = pending.get_nowait()
        except Empty:
            return
        try:
            results.put((url, probe(url)))
        except BaseException as error:  # a bug: `_collect_results` raises it in the caller's thread
            results.put((url, error))


def _collect_results(results: "SimpleQueue[_Item]", count: int, deadline: float) -> Iterator[tuple[str, ProbeResult]]:
    for _ in range(count):
        try:
            url, result = results.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            return
        if isinstance(result, BaseException):
            raise result
        yield url, result


def _interleave_hosts(urls: Sequence[str]) -> list[str]:
    """The first URL of each host, then the second of each: a slow host delays few of the others."""
    seen: Counter[str] = Counter()
    rounds: dict[str, int] = {}
    for url in urls:
        host = _parse_host(url)
        rounds[url] = seen[host]
        seen[host] += 1
    return sorted(rounds, key=rounds.__getitem__)


def _parse_host(url: str) -> str:
    try:
        return urlsplit(url[:1000]).netloc
    except ValueError:
        return ""
