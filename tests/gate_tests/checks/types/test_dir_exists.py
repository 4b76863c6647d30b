import os

import pytest

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.types.dir_exists import DirExists
from gate_tests.files.artifacts import Artifacts
from tests.support.repository import Repository


def look(repository: Repository, path: str = "research") -> Outcome:
    return DirExists().evaluate(path, Artifacts(repository.root, (), 1))


def test_a_folder_passes_empty_or_not(repository: Repository) -> None:
    repository.write("research/a.md", "x")
    (repository.root / "empty").mkdir()
    assert look(repository).holds
    assert look(repository, "empty") == Outcome(True, "a directory")


def test_a_link_to_a_folder_in_the_root_passes(repository: Repository) -> None:
    repository.write("r2/a.md", "x")
    (repository.root / "research").symlink_to("r2")
    assert look(repository).holds


def test_a_link_to_a_folder_elsewhere_fails(repository: Repository, tmp_path_factory: pytest.TempPathFactory) -> None:
    (repository.root / "research").symlink_to(tmp_path_factory.mktemp("outside"))
    outcome = look(repository)
    assert (outcome.holds, outcome.found) == (False, "a symlink that leads outside the root")


def test_nothing_a_file_and_a_pipe_are_no_folder(repository: Repository) -> None:
    repository.write("file", "x")
    os.mkfifo(repository.root / "pipe")
    found = [look(repository, path) for path in ("research", "file", "file/research", "pipe")]
    assert [outcome.holds for outcome in found] == [False] * 4
    assert [outcome.found for outcome in found] == [
        "directory is missing",
        "a file",
        "directory is missing",
        "a special file",
    ]
