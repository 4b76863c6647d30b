"""What becomes of a test whose tools cannot be installed."""

import os
from typing import Final, NoReturn

import pytest

REQUIRED: Final = "ORCH_TESTS_REQUIRE_TOOLS"
"""The variable that .ci/run sets: what PyPI has must be installed there, so that no promise goes without its test."""


def report_missing(reason: str) -> NoReturn:
    """Fails the test in CI and in .ci/run, skips it elsewhere: a developer may be without network."""
    if os.environ.get(REQUIRED) or os.environ.get("CI"):
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)
