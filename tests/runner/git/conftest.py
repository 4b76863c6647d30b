"""What the tests of git share."""

from pathlib import Path

import pytest

from tests.support.git_checkout import make_checkout


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A git repository with one file, not committed yet."""
    return make_checkout(tmp_path / "checkout")
