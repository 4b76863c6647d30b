"""What the tests share: a repository to work in, and `orch` without the cost of a process."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.cli.main import run
from tests.support.repository import Ended, Repository

signal.signal(signal.SIGINT, signal.default_int_handler)
"""Whoever runs the tests in the background ignores Ctrl-C, and so would every process that a test interrupts."""


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
