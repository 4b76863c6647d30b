"""A count agrees with its noun."""

import pytest

from gate_tests.plurals import format_count


@pytest.mark.parametrize(
    ("count", "noun", "text"),
    [(0, "error", "0 errors"), (1, "error", "1 error"), (2, "error", "2 errors"), (2000, "file", "2,000 files")],
)
def test_only_one_is_singular(count: int, noun: str, text: str) -> None:
    assert format_count(count, noun) == text


def test_a_plural_that_no_s_makes_is_given() -> None:
    assert format_count(2, "directory", "directories") == "2 directories"
