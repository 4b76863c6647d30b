"""Programs that are installed once for all workers of pytest-xdist, into a directory of the session."""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def find_shared_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory of the session that all workers share."""
    base = tmp_path_factory.getbasetemp()
    return base.parent if "PYTEST_XDIST_WORKER" in os.environ else base


@contextmanager
def shared_install(directory: Path, install: Callable[[Path], object]) -> Iterator[None]:
    """Fills the directory as `install` does, if no other worker has. The last worker empties it: it may be large."""
    users, installed = directory / "users", directory / "installed"
    with _locked(directory):
        if not installed.exists():
            install(directory)
            installed.touch()
        users.mkdir(exist_ok=True)
        (users / str(os.getpid())).touch()
    yield
    with _locked(directory):
        (users / str(os.getpid())).unlink()
        if not [*users.iterdir()]:
            _empty(directory)


def _empty(directory: Path) -> None:
    for path in directory.iterdir():
        if path.is_dir():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    directory.mkdir(exist_ok=True)
    with (directory / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
