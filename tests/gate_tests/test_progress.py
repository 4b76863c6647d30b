"""Long work tells how far it has come, where somebody wants to hear it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate_tests.checks.types.url_reachable.pool import probe_all
from gate_tests.checks.types.url_reachable.probe import ProbeResult
from gate_tests.files import hashing
from gate_tests.files.hashing import FileHasher
from gate_tests.progress import format_bytes, report_progress_to, track_progress
from tests.support.large_files import MIB, sparse


class Clock:
    """A time that goes on by so much at each look."""

    def __init__(self, step_s: float) -> None:
        self.now_s, self.step_s = 0.0, step_s

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


def told(monkeypatch: pytest.MonkeyPatch, step_s: float, *, after_s: float = 0.4, parts: int = 4) -> list[str]:
    heard: list[str] = []
    monkeypatch.setattr("gate_tests.progress.time.monotonic", Clock(step_s))
    with report_progress_to(heard.append):
        work = track_progress(range(parts), lambda _: 1, lambda done: f"{done} of {parts}", after_s)
        assert list(work) == list(range(parts))
    return heard


def test_where_nobody_listens_the_parts_are_what_they_were() -> None:
    parts = [1, 2, 3]
    assert track_progress(parts, lambda part: part, str) is parts


def test_work_that_is_soon_over_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, 0.01) == []


def test_long_work_tells_how_far_it_is_and_at_last_that_it_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, 0.3) == ["2 of 4", "3 of 4", "4 of 4", ""]


def test_it_does_not_tell_more_often_than_one_can_read(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(told(monkeypatch, 0.01, parts=400)) in (18, 19, 20), "4 s, 0.4 of them silent, five times a second"


def test_work_that_waits_for_others_tells_it_before_its_first_part(monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(monkeypatch, 0.001, after_s=0)[0] == "0 of 4"


def test_work_that_is_given_up_says_that_it_is_over() -> None:
    heard: list[str] = []

    def broken() -> Iterator[int]:
        yield 1
        raise OSError

    with report_progress_to(heard.append), pytest.raises(OSError):  # noqa: PT011
        list(track_progress(broken(), lambda _: 1, str, after_s=0))
    assert heard[-1] == ""


def test_bytes_are_told_in_the_unit_of_the_whole() -> None:
    assert format_bytes(100 * MIB, 200 * MIB) == "100.0 of 200.0 MiB"
    assert format_bytes(1288490189, 4 << 30) == "1.2 of 4.0 GiB"


def test_a_large_file_tells_its_name_and_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gate_tests.progress.time.monotonic", Clock(1))
    path = sparse(tmp_path / "big.bin", hashing._LARGE_BYTES)
    heard: list[str] = []
    descriptor = os.open(path, os.O_RDONLY)
    with report_progress_to(heard.append):
        FileHasher().hash_file(descriptor, path.stat().st_size, None, "big.bin")
    os.close(descriptor)
    assert heard[0] == "hashing big.bin 1.0 of 64.0 MiB"
    assert heard[-2:] == ["hashing big.bin 64.0 of 64.0 MiB", ""]


def test_a_file_that_is_not_large_tells_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gate_tests.progress.time.monotonic", Clock(1))
    path = sparse(tmp_path / "small.bin", 3 * MIB)
    heard: list[str] = []
    descriptor = os.open(path, os.O_RDONLY)
    with report_progress_to(heard.append):
        FileHasher().hash_file(descriptor, path.stat().st_size, None, "small.bin")
    os.close(descriptor)
    assert heard == []


def test_urls_are_told_as_their_answers_come() -> None:
    heard: list[str] = []
    with report_progress_to(heard.append):
        probe_all([f"http://a.example/{n}" for n in range(3)], lambda _: ProbeResult(200), 5)
    assert heard[0] == "urls 0 of 3"
    assert heard[-1] == ""
