"""The index that git names to a hook is used, unless it is that of another repository."""

from pathlib import Path

import pytest

from runner.git.index_file import name_index
from tests.support.git_checkout import commit, git, make_checkout


@pytest.mark.parametrize("named", [".git/index", ".git/next-index-7.lock"])
def test_an_index_in_the_git_directory_is_the_one_of_the_commit(tmp_path: Path, named: str) -> None:
    checkout = make_checkout(tmp_path / "here")
    assert name_index(checkout, {"GIT_INDEX_FILE": named}) == {"GIT_INDEX_FILE": str(checkout / named)}


def test_an_index_that_a_tool_made_elsewhere_is_used_as_git_would_use_it(tmp_path: Path) -> None:
    checkout, index = make_checkout(tmp_path / "here"), str(tmp_path / "index")
    assert name_index(checkout, {"GIT_INDEX_FILE": index}) == {"GIT_INDEX_FILE": index}


def test_the_index_of_another_repository_or_work_tree_has_no_effect(tmp_path: Path) -> None:
    checkout, other = make_checkout(tmp_path / "here"), make_checkout(tmp_path / "other")
    commit(checkout)
    git(checkout, "worktree", "add", "--quiet", str(tmp_path / "linked"))
    for path in (other / ".git/index", checkout / ".git/worktrees/linked/index"):
        assert name_index(checkout, {"GIT_INDEX_FILE": str(path)}) == {}
    assert name_index(tmp_path / "linked", {"GIT_INDEX_FILE": str(checkout / ".git/index")}) == {}


def test_without_an_index_that_is_named_or_a_repository_there_is_nothing_to_use(tmp_path: Path) -> None:
    checkout = make_checkout(tmp_path / "here")
    assert name_index(checkout, {}) == name_index(checkout, {"GIT_INDEX_FILE": ""}) == {}
    assert name_index(tmp_path, {"GIT_INDEX_FILE": "/index"}) == {}
