"""The directory of a run that was renamed or copied: the next command leads back, and a repair refuses."""

import shutil

import pytest

from tests.support.next_commands import find_next_steps
from tests.support.repository import Repository
from tests.support.two_gates import pass_two_gates


@pytest.fixture
def runs(repository: Repository) -> tuple[str, str]:
    """The paths of the run's directory, and of another."""
    directory = repository.workspace.run_path(pass_two_gates(repository))
    return directory, f"{directory[:-6]}zzzzzz"


@pytest.mark.slow
def test_a_renamed_directory_is_named_as_before(repository: Repository, runs: tuple[str, str]) -> None:
    (repository.root / runs[0]).rename(repository.root / runs[1])
    for words in (("verify",), ("run", "show", "latest"), ("run", "repair", "latest", "--yes")):
        ended = repository.orch(*words)
        assert (ended.code, find_next_steps(ended.out + ended.err)) == (4, [f"mv {runs[1]} {runs[0]}"])
    repository.run("mv", runs[1], runs[0])
    assert repository.orch("verify").code == 0


def test_a_copy_is_compared_with_the_run(repository: Repository, runs: tuple[str, str]) -> None:
    shutil.copytree(repository.root / runs[0], repository.root / runs[1])
    ended = repository.orch("verify")
    assert (ended.code, find_next_steps(ended.out)) == (4, [f"diff -r {runs[0]} {runs[1]}"])
    assert repository.run("diff", "-r", *runs).code == 0
