"""What the integrations share: the programs, this checkout as a source, and a project with a pull request."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support.ci_programs import install_programs, make_source
from tests.support.git_checkout import git
from tests.support.prepared import fill
from tests.support.proposed_change import Project
from tests.support.repository import Repository
from tests.support.shared_install import find_shared_base, shared_install

CHECKS = [
    {"type": "word_count", "target": "{artifact_path}/a.md", "min": 3},
    {"type": "contains_text", "target": "{artifact_path}/a.md", "pattern": "tea"},
]


class Source(NamedTuple):
    """A git repository with what is installed of this checkout."""

    path: Path
    commit: str


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory of tox, nox, pre-commit and zizmor, and of runners for GitHub's and GitLab's jobs."""
    directory = find_shared_base(tmp_path_factory) / "ci-programs"
    with shared_install(directory, install_programs):
        yield directory / "venv/bin"


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    path = tmp_path_factory.mktemp("source") / "orch"
    return Source(path, make_source(path))


@pytest.fixture
def project(repository: Repository) -> Project:
    """A clone with the branch `change` checked out, of a server whose `main` has two runs that passed."""
    project = Project(repository, *fill(repository, _make))
    server = project.root.parent / "server.git"
    git(project.root, "clone", "--quiet", "--bare", str(project.root), str(server))
    git(project.root, "remote", "add", "origin", str(server))
    git(project.root, "fetch", "--quiet", "origin")
    git(project.root, "checkout", "--quiet", "-b", "change")
    return project


def _make(repository: Repository) -> tuple[str, str]:
    project = Project(repository)
    project.write_contract(CHECKS)
    repository.write_workflow("G1")
    runs = project.start("tea"), project.start("mint")
    repository.commit()
    return runs


def fill_in(block: str, repository: Path, commit: str) -> str:
    """The block with the address of a repository on this machine, where it says that of orch and a commit of it."""
    address = f"git+file://{repository}@{commit}"
    block = block.replace("git+https://<this repository>@<a commit>", address)
    block = block.replace("https://<this repository>", f"file://{repository}").replace("<a commit>", commit)
    assert "<" not in re.sub(r"[<>]=|->|> \S+\.json", "", block), block
    return block
