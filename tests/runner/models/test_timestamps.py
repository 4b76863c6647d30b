"""Timestamps and ids have the form of the record format."""

import re

import pytest

from gate_tests.workspace.names import RUN_ID, check_run_id
from runner.models.ids import new_invocation_id, new_run_id
from runner.models.timestamps import is_timestamp, now, subtract_milliseconds

TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def test_the_time_is_utc_with_milliseconds() -> None:
    assert TIMESTAMP.fullmatch(now())


def test_the_time_is_utc_wherever_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    import time
    from datetime import UTC, datetime

    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    time.tzset()
    try:
        read = datetime.fromisoformat(now())
    finally:
        monkeypatch.undo()
        time.tzset()
    assert abs((datetime.now(UTC) - read).total_seconds()) < 60


@pytest.mark.parametrize(
    ("milliseconds", "wanted"),
    [
        (0, "2026-01-01T00:00:00.005Z"),
        (5, "2026-01-01T00:00:00.000Z"),
        (6, "2025-12-31T23:59:59.999Z"),
        (86_400_005, "2025-12-31T00:00:00.000Z"),
    ],
)
def test_milliseconds_are_subtracted_from_a_timestamp(milliseconds: int, wanted: str) -> None:
    assert subtract_milliseconds("2026-01-01T00:00:00.005Z", milliseconds) == wanted


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("2026-02-28T23:59:59.999Z", True),
        ("9999-99-99T99:99:99.999Z", False),
        ("2026-02-30T00:00:00.000Z", False),
        ("2026-02-28T24:01:00.000Z", False),
        ("2026-02-28T00:00:00Z", False),
        ("2026-02-28T00:00:00.000+00:00", False),
        ("٢٠٢٦-02-28T00:00:00.000Z", False),
    ],
)
def test_a_timestamp_is_an_existing_time_in_the_one_form(text: str, is_one: bool) -> None:
    assert is_timestamp(text) is is_one


def test_a_run_id_contains_the_second_and_the_slug() -> None:
    run_id = new_run_id("the-word-robot", "2026-11-22T09:30:05.678Z")
    assert re.fullmatch(r"run_20261122T093005Z_the-word-robot_[a-z0-9]{6}", run_id)
    assert check_run_id(run_id) == run_id


def test_run_ids_of_the_same_moment_differ() -> None:
    assert len({new_run_id("tea", "2026-11-22T09:30:05.678Z") for _ in range(200)}) == 200


def test_an_invocation_id_contains_the_milliseconds_since_1970() -> None:
    assert re.fullmatch(r"inv_1768861428652_[a-z0-9]{4}", new_invocation_id("2026-01-19T22:23:48.652Z"))


@pytest.mark.parametrize(
    "run_id",
    [
        "run_20261122T093000Z_tea_abc123",
        "run_20250131T101112345Z_the-word-tea_a1b2c3",
        "run_20250305T220244258Z_lucy--opus-4-6_j0k1l2",
    ],
    ids=["ours", "milliseconds", "variant"],
)
def test_run_ids_of_the_original_are_run_ids_too(run_id: str) -> None:
    assert RUN_ID.fullmatch(run_id)
