"""What the tests share: a repository to work in, and `orch` without the cost of a process."""

import signal
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from runner.cli.main import run
from tests.support.repository import Ended, Repository

# A shell ignores SIGINT for what it runs in the background, nohup ignores SIGHUP, and children inherit both.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.hookimpl(tryfirst=True)  # before pytest deselects what is slow
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks the rows of a `quick` test slow, except those it names or else the first."""
    seen: set[str] = set()
    for item in items:
        mark = item.get_closest_marker("quick")
        if mark and isinstance(item, pytest.Function) and not _is_quick(item, mark.args, seen):
            item.add_marker(pytest.mark.slow)


def _is_quick(item: pytest.Function, ids: Iterable[str], seen: set[str]) -> bool:
    test = item.nodeid.partition("[")[0]
    is_first = test not in seen
    seen.add(test)
    return item.callspec.id in ids if ids else is_first


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
def orch(
    repository: Repository, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ended]:
    """`orch` in the repository, run in this process: what it prints, and its exit code."""
    monkeypatch.delenv("ORCH_ROOT", raising=False)

    def call(*arguments: str) -> Ended:
        capsys.readouterr()
        with monkeypatch.context() as there:
            there.chdir(repository.root)
            code = run(list(arguments))
        printed = capsys.readouterr()
        return Ended(code, printed.out, printed.err)

    return call
