"""What the tests share: a repository to work in, and `orch` without the cost of a process."""

import gc
import resource
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson  # noqa: F401  pytester unloads what a test loads, and orjson ends Python 3.13 if it is loaded again
import pytest

from tests.support.repository import Ended, Repository

# A shell ignores SIGINT for what it runs in the background, nohup ignores SIGHUP, and children inherit both.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


_ALL_ROWS = ("*",)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collects without the garbage collector, which finds nothing among 13,000 items: 8 s instead of 12."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)  # before pytest deselects what is slow
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks the rows of each parametrized test slow, except the first, or those that its mark `quick` names.

    Whoever names a row on the command line gets it. What is collected from elsewhere, as the checks of a contract, is
    left as it is.
    """
    if any("[" in argument for argument in config.args):
        return
    tests: dict[str, dict[str, pytest.Item]] = {}
    for item in items:
        test, is_row, row = item.nodeid.partition("[")
        if is_row and isinstance(item, pytest.Function):
            tests.setdefault(test, {})[row.removesuffix("]")] = item
    for test, rows in tests.items():
        _mark_slow_rows(test, rows)


def _mark_slow_rows(test: str, rows: dict[str, pytest.Item]) -> None:
    mark = next(iter(rows.values())).get_closest_marker("quick")
    quick = mark.args if mark else tuple(rows)[:1]
    if quick == _ALL_ROWS:
        return
    if unknown := set(quick).difference(rows):
        raise pytest.UsageError(f"{test} has no rows {sorted(unknown)}, which its mark `quick` names")
    for row in set(rows).difference(quick):
        rows[row].add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def memory_limit() -> Iterator[None]:
    """Restores the limit that a gate sets which is judged in the process of the test: later tests take more."""
    before = resource.getrlimit(resource.RLIMIT_DATA)
    yield
    resource.setrlimit(resource.RLIMIT_DATA, before)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A root with nothing in it: a folder with an empty `orchestration/workflows/`."""
    (tmp_path / "repo/orchestration/workflows").mkdir(parents=True)
    return Repository(tmp_path / "repo")


@pytest.fixture
def shipped(repository: Repository) -> Repository:
    """A folder with all that `orch init` puts in."""
    return repository.install()


@pytest.fixture
def small_contracts(shipped: Repository) -> None:
    """Small contracts in place of the shipped G1, G2 and G3: what these ask for does not matter then."""
    shipped.write_small_contracts()


@pytest.fixture
def orch(repository: Repository) -> Callable[..., Ended]:
    """`orch` in the repository, run in this process: what it prints, and its exit code."""
    return repository.orch
