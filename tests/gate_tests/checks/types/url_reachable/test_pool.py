import threading
import time

import pytest

from gate_tests.checks.types.url_reachable.pool import NO_TIME_LEFT, probe_all
from gate_tests.checks.types.url_reachable.probe import ProbeResult


def test_the_answers_stand_in_the_order_of_the_urls_whichever_came_first() -> None:
    def probe(url: str) -> ProbeResult:
        time.sleep(0.05 if url.endswith("0") else 0)
        return ProbeResult(int(url[-1]))

    urls = [f"http://a.example/{n}" for n in range(10)]
    assert list(probe_all(urls, probe, 5).items()) == [(url, ProbeResult(n)) for n, url in enumerate(urls)]


@pytest.mark.slow
def test_what_is_not_done_in_time_has_failed() -> None:
    over = threading.Event()

    def probe(url: str) -> ProbeResult:
        assert "slow" not in url or over.wait(60)
        return ProbeResult(200)

    answers = probe_all(["http://slow.example/", "http://a.example/"], probe, 1)
    over.set()
    assert answers == {"http://slow.example/": NO_TIME_LEFT, "http://a.example/": ProbeResult(200)}


@pytest.mark.slow
def test_no_url_is_asked_for_after_the_time_is_over() -> None:
    asked: list[str] = []

    def probe(url: str) -> ProbeResult:
        asked.append(url)
        time.sleep(0.2)
        return ProbeResult(200)

    answers = probe_all([f"http://a.example/{n}" for n in range(100)], probe, 0.1)
    time.sleep(0.4)
    assert len(asked) <= 8
    assert list(answers.values()).count(NO_TIME_LEFT) == 100


def test_every_host_gets_a_turn_before_one_gets_its_second() -> None:
    asked: list[str] = []

    def probe(url: str) -> ProbeResult:
        asked.append(url)
        return ProbeResult(200)

    urls = [*(f"http://a.example/{n}" for n in range(20)), "http://b.example/", "http://[", "http://c.example/"]
    probe_all(urls, probe, 5)
    assert {"http://b.example/", "http://[", "http://c.example/"} <= set(asked[:12])


def test_a_bug_is_raised_and_taken_for_no_answer() -> None:
    def probe(url: str) -> ProbeResult:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        probe_all(["http://a.example/"], probe, 5)


@pytest.mark.slow
def test_many_urls_at_one_host_and_at_many_hosts_are_put_in_order_quickly() -> None:
    urls = [*(f"http://a.example/{n}" for n in range(20_000)), *(f"http://{n}.example/" for n in range(20_000))]
    began = time.monotonic()
    assert len(probe_all(urls, lambda url: ProbeResult(200), 30)) == 40_000
    assert time.monotonic() - began < 10
