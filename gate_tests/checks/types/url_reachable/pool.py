"""Many URLs at once, within a time."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from queue import Empty, SimpleQueue
from threading import Event, Thread
from urllib.parse import urlsplit

from gate_tests.checks.types.url_reachable.probe import Answer
from gate_tests.progress import track_progress

AT_ONCE = 8
"""How many URLs are asked for at the same time."""

NO_TIME_LEFT = Answer(why="no time left")

_Result = tuple[str, Answer | BaseException]


def survey(urls: Sequence[str], probe: Callable[[str], Answer], time_s: float) -> Mapping[str, Answer]:
    """What `probe` says of each of the distinct `urls`, in their order; of those not done in time, NO_TIME_LEFT."""
    end = time.monotonic() + time_s
    waiting, results, over = SimpleQueue[str](), SimpleQueue[_Result](), Event()
    for url in _by_turns(urls):
        waiting.put(url)
    for _ in range(min(AT_ONCE, len(urls))):
        Thread(target=_work, args=(waiting, results, over, probe), daemon=True).start()
    try:
        collected = _collected(results, len(urls), end)
        answers = dict(track_progress(collected, lambda _: 1, lambda done: f"urls {done} of {len(urls)}", after_s=0))
    finally:
        over.set()
    return {url: answers.get(url, NO_TIME_LEFT) for url in urls}


def _work(
    waiting: "SimpleQueue[str]", results: "SimpleQueue[_Result]", over: Event, probe: Callable[[str], Answer]
) -> None:
    while not over.is_set():
        try:
            url = waiting.get_nowait()
        except Empty:
            return
        try:
            results.put((url, probe(url)))
        except BaseException as error:  # a bug of ours: whoever waits for the results raises it
            results.put((url, error))


def _collected(results: "SimpleQueue[_Result]", count: int, end: float) -> Iterator[tuple[str, Answer]]:
    for _ in range(count):
        try:
            url, answer = results.get(timeout=max(0.0, end - time.monotonic()))
        except Empty:
            return
        if isinstance(answer, BaseException):
            raise answer
        yield url, answer


def _by_turns(urls: Sequence[str]) -> list[str]:
    """One of each host, then the second of each: so a host that allows two at once holds up few others."""
    seen: Counter[str] = Counter()
    rounds: dict[str, int] = {}
    for url in urls:
        host = _host(url)
        rounds[url] = seen[host]
        seen[host] += 1
    return sorted(rounds, key=rounds.__getitem__)


def _host(url: str) -> str:
    try:
        return urlsplit(url[:1000]).netloc
    except ValueError:
        return ""
