"""Every format, whatever stands in an artifact: it can be read, is valid, is bounded, and commands no CI system."""

import pytest

from runner.reports.formats import FORMATS
from tests.support.format_checks import CHECKS
from tests.support.sample_report import (
    EMPTY,
    HOSTILE,
    PASSED,
    SAMPLE,
    make_hostile_report,
    make_large_report,
)

MAX_BYTES = {
    "text": 12_000_000,
    "github": 100_000,
    "github-summary": 1024 * 1024,
    "markdown": 32_768,
    "junit": 30_000_000,
    "code-quality": 30_000_000,
    "ctrf": 50_000_000,
    "json": 60_000_000,
}
"""Of 5,000 failed checks and as many errors. GitLab takes 30 MB of JUnit, GitHub 1 MiB of a summary."""


def test_each_format_of_the_table_has_a_test() -> None:
    assert list(FORMATS) == list(CHECKS)


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.quick("text", "github", "markdown", "json")
def test_ordinary_reports_are_valid(name: str) -> None:
    for report in (SAMPLE, PASSED, EMPTY):
        written = FORMATS[name].render(report)
        assert not written or written.endswith("\n")
        CHECKS[name](written)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("name", FORMATS)
def test_hostile_text_stays_text(name: str, text: str) -> None:
    written = FORMATS[name].render(make_hostile_report(text))
    CHECKS[name](written)
    written.encode()  # no half of a surrogate pair is left
    if name != "json":
        assert len(written.encode()) < 200_000


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.slow
def test_thousands_of_failures_are_valid_and_bounded(name: str) -> None:
    written = FORMATS[name].render(make_large_report(5000))
    assert len(written.encode()) < MAX_BYTES[name]
    CHECKS[name](written)
