"""Ages as people read them."""

from datetime import UTC, datetime, timedelta

import pytest

from gate_tests.ages import describe_age, elapsed_s, format_age

AT, LATER = "2026-11-22T09:30:00.000Z", "2026-11-22T10:00:00.000Z"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59, "59 s"), (60, "1 m"), (3599, "59 m"), (3600, "1 h"), (172_799, "47 h"), (172_800, "2 d")],
)
def test_an_age_is_in_the_largest_unit_that_fits(seconds: int, text: str) -> None:
    assert format_age(seconds) == text
    began = datetime.now(UTC) - timedelta(seconds=seconds)
    assert describe_age(began.isoformat()) in (f"{text} ago", f"{format_age(seconds + 1)} ago")


def test_a_clock_that_was_set_back_makes_nothing_younger_than_new() -> None:
    assert elapsed_s(AT, LATER) == 1800
    assert elapsed_s(LATER, AT) == 0


@pytest.mark.parametrize("no_time", ["yesterday", "", "2026-11-22T09:30:00"])
def test_what_is_no_time_has_no_age(no_time: str) -> None:
    assert elapsed_s(no_time, AT) is None
    assert describe_age(no_time) is None
