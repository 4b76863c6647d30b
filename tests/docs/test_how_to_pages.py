"""The pages of docs/how-to that lead through a task: typed as they are in a scratch repository, they work."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.docs.how_to_page import Command, follow, read_steps
from tests.support import CHECKOUT, legacy_records
from tests.support.git_checkout import git
from tests.support.repository import Repository


def start_empty(directory: Path) -> None:
    """A git repository without a file."""
    git(directory, "init", "--quiet", "-b", "main")


OUTPUTS = {"all_of": [{"path": "{artifact_path}/NOTES.md"}]}


def start_run(directory: Path) -> Repository:
    """A run of a workflow with two gates, which both require the same file, committed on main."""
    start_empty(directory)
    repository = Repository(directory)
    assert repository.orch("init", "--bare").code == 0
    for gate in ("R1", "R2"):
        repository.write_contract(gate, required_outputs=OUTPUTS)
    repository.write_workflow("R1", "R2", artifact_path="releases/{slug}")
    repository.start_run(workflow="tests", slug="v1-0")
    return repository.commit()


def finish_on(repository: Repository, branch: str, gate: str) -> None:
    """Passes a gate on a branch, a new one unless it is main, and commits that."""
    git(repository.root, "switch", "--quiet", *(["main"] if branch == "main" else ["--create", branch, "main"]))
    assert repository.orch("gate", "start", "--gate", gate, "--agent", branch).code == 0
    repository.write("releases/v1-0/NOTES.md", "All about v1.0.\n")
    assert repository.orch("gate", "finish", "--gate", gate).code == 0
    repository.commit()


def pass_gates_on_branches(directory: Path) -> None:
    """R1 passed on main and, in another attempt, again on main and on `carl`; R2 passed on `ben`."""
    repository = start_run(directory)
    finish_on(repository, "ben", "R2")
    finish_on(repository, "main", "R1")
    finish_on(repository, "carl", "R1")
    finish_on(repository, "main", "R1")


def start_attempt(directory: Path) -> None:
    """A run with an open attempt."""
    repository = start_run(directory)
    assert repository.orch("gate", "start", "--gate", "R1", "--agent", "anna").code == 0


def start_monorepo(directory: Path) -> None:
    """Two projects, of which neither has a root."""
    start_empty(directory)
    for project in ("web", "api"):
        Repository(directory).write(f"services/{project}/README.md", "A project.\n")


def keep_records_of_the_original(directory: Path) -> None:
    """Contracts and records of the original runner."""
    start_empty(directory)
    repository = Repository(directory)
    for gate in ("G1", "G2", "G3"):
        repository.write_contract(gate, required_outputs=OUTPUTS)
    for shape in legacy_records.SHAPES.values():
        legacy_records.write_original(repository, shape())


PAGES = {
    "own-workflow.md": start_empty,
    "merging.md": pass_gates_on_branches,
    "monorepo.md": start_monorepo,
    "node-runner.md": keep_records_of_the_original,
    "cancel-or-delete.md": start_attempt,
}


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "work").mkdir()
    return tmp_path / "work"


@pytest.mark.slow
@pytest.mark.parametrize(("page", "prepare"), PAGES.items(), ids=PAGES)
def test_the_commands_of_a_page_end_as_it_says(page: str, prepare: Callable[[Path], None], directory: Path) -> None:
    prepare(directory)
    assert follow(page, directory) == []


@pytest.mark.parametrize("page", PAGES)
def test_no_command_of_a_page_is_overlooked(page: str) -> None:
    text = (CHECKOUT / "docs/how-to" / page).read_text("utf-8")
    typed = [step for step in read_steps(page) if isinstance(step, Command)]
    assert len(typed) == len(re.findall(r"^\$ ", text, re.MULTILINE)) > 0
