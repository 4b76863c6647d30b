"""Repositories that take long to make: each is made once in a session, and copied for each test."""

import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from tests.support.git_checkout import git
from tests.support.repository import Repository

T = TypeVar("T")

_made: dict[Callable[[Repository], Any], tuple["TemporaryDirectory[str]", Any]] = {}


def fill(repository: Repository, make: Callable[[Repository], T]) -> T:
    """Fill an empty repository as `make` does, which is called with one the first time. Returns what it returned."""
    if make not in _made:
        directory = TemporaryDirectory(prefix="orch-prepared-")
        shutil.copytree(repository.root, directory.name, dirs_exist_ok=True)
        _made[make] = directory, make(Repository(Path(directory.name)))
    directory, made = _made[make]
    shutil.copytree(directory.name, repository.root, symlinks=True, dirs_exist_ok=True)
    if (repository.root / ".git").exists():
        git(repository.root, "update-index", "-q", "--refresh")  # copies have other inodes
    return made  # type: ignore[no-any-return]
