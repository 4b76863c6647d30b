"""What the tests share: a repository to work in, and `orch` without the cost of a process."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.repository import Ended, Repository

# A shell ignores SIGINT for what it runs in the background, nohup ignores SIGHUP, and children inherit both.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(tryfirst=True)  # before pytest deselects what is slow
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks the rows of each `quick` test slow, except those it names or else the first."""
    tests: dict[str, dict[str, pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("quick"):
            test, _, row = item.nodeid.partition("[")
            tests.setdefault(test, {})[row.removesuffix("]")] = item
    is_partial = any("[" in argument for argument in config.args)
    for test, rows in tests.items():
        _mark_slow_rows(test, rows, is_partial)


def _mark_slow_rows(test: str, rows: dict[str, pytest.Item], is_partial: bool) -> None:
    (quick,) = [mark.args for mark in next(iter(rows.values())).iter_markers("quick")]
    unknown = set(quick).difference(rows)
    if unknown and not is_partial:
        raise pytest.UsageError(f"{test} has no rows {sorted(unknown)}, which its mark `quick` names")
    for row in set(rows).difference(quick or list(rows)[:1]):
        rows[row].add_marker(pytest.mark.slow)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A folder with an empty `orchestration/`."""
    (tmp_path / "repo/orchestration").mkdir(parents=True)
    return Repository(tmp_path / "repo")


@pytest.fixture
def shipped(repository: Repository) -> Repository:
    """A folder with all that `orch init` puts in."""
    return repository.install()


@pytest.fixture
def orch(repository: Repository) -> Callable[..., Ended]:
    """`orch` in the repository, run in this process: what it prints, and its exit code."""
    return repository.orch
