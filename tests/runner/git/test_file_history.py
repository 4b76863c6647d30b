"""A version of a file is found by its hash, wherever in git's history it is."""

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from runner.git.completeness import suggest_fetch
from runner.git.file_history import find_version, find_versions
from runner.git.object_reader import ObjectReader
from runner.git.verification import open_for_verification
from tests.support.git_checkout import commit, git, make_checkout


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository whose `a.md` was `one`, is `two` in the commit, and has another file."""
    root = make_checkout(tmp_path / "repo", "-b", "main")
    (root / "b.md").write_text("b")
    git(root, "add", "-A")
    commit(root)
    return change(root, "two")


def change(root: Path, content: str) -> Path:
    stage(root, content)
    commit(root)
    return root


def stage(root: Path, content: str) -> None:
    (root / "a.md").write_text(content)
    git(root, "add", "-A")


def digest(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()


def find(root: Path, content: str, path: str = "a.md") -> bytes | None:
    with open_for_verification(root) as repository, ObjectReader(repository) as reader:
        return find_version(repository, reader, path, digest(content))


def committed_before(root: Path) -> None:
    change(root, "sought")
    change(root, "three")


def staged(root: Path) -> None:
    stage(root, "sought")


def committed_on_another_branch(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "side")
    change(root, "sought")
    git(root, "checkout", "-q", "main")


def committed_with_a_detached_head(root: Path) -> None:
    git(root, "checkout", "-q", "--detach")
    change(root, "sought")


def tagged_only(root: Path) -> None:
    committed_on_another_branch(root)
    git(root, "tag", "-a", "-m", "t", "kept", "side")
    git(root, "branch", "-q", "-D", "side")


def merged_with_the_other_side_taken(root: Path) -> None:
    committed_on_another_branch(root)
    (root / "b.md").write_text("other")
    change(root, "two")
    git(root, "merge", "-q", "-s", "ours", "-m", "merged", "side")
    git(root, "branch", "-q", "-D", "side")


def made_by_a_merge(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "side")
    change(root, "three")
    git(root, "checkout", "-q", "main")
    git(root, "merge", "-q", "--no-ff", "--no-commit", "side")
    change(root, "sought")
    change(root, "four")


def removed_since(root: Path) -> None:
    change(root, "sought")
    git(root, "rm", "-q", "a.md")
    commit(root)


def stashed(root: Path) -> None:
    stage(root, "sought")
    git(root, "stash")


def in_conflict(root: Path) -> None:
    git(root, "checkout", "-q", "-b", "side")
    change(root, "sought")
    git(root, "checkout", "-q", "main")
    change(root, "three")
    with pytest.raises(Exception, match="merge"):
        git(root, "merge", "side")
    git(root, "branch", "-q", "-D", "side")


def hidden_by_a_graft(root: Path) -> None:
    committed_before(root)
    git(root, "replace", "--graft", "HEAD")


def packed(root: Path) -> None:
    committed_before(root)
    git(root, "gc", "-q")


@pytest.mark.parametrize(
    "arrange",
    [
        committed_before,
        staged,
        committed_on_another_branch,
        committed_with_a_detached_head,
        tagged_only,
        merged_with_the_other_side_taken,
        made_by_a_merge,
        removed_since,
        stashed,
        in_conflict,
        hidden_by_a_graft,
        packed,
    ],
)
def test_a_version_is_found_wherever_it_is(root: Path, arrange: Callable[[Path], object]) -> None:
    arrange(root)
    assert find(root, "sought") == b"sought"


def test_what_the_file_never_was_is_not_found(root: Path) -> None:
    assert find(root, "sought") is None
    assert find(root, "b") is None, "that is another file"
    assert find(root, "b", "never-existed.md") is None


def test_a_repository_without_a_commit_has_what_is_staged(checkout: Path) -> None:
    assert find(checkout, "one\n") == b"one\n"
    assert find(checkout, "two") is None


def test_a_path_is_relative_to_the_root_and_no_pattern(root: Path) -> None:
    (root / "team").mkdir()
    (root / "team/[ab].md").write_text("pattern")
    git(root, "add", "-A")
    commit(root)
    assert find(root / "team", "pattern", "[ab].md") == b"pattern"
    assert find(root, "b", "[ab].md") is None


def test_versions_of_several_files_are_found_in_one_walk(root: Path) -> None:
    sought = {"a.md": {digest("one\n"), digest("two"), digest("never")}, "b.md": [digest("b")]}
    with open_for_verification(root) as repository, ObjectReader(repository) as reader:
        found = find_versions(repository, reader, sought)
        assert found == {digest(each): each.encode() for each in ("one\n", "two", "b")}
        assert find_versions(repository, reader, {"a.md": []}) == {}


def test_a_commit_that_no_branch_has_is_searched_if_it_is_given(root: Path) -> None:
    lost = git(change(root, "sought"), "rev-parse", "HEAD")
    git(root, "reset", "-q", "--hard", "HEAD~1")
    assert find(root, "sought") is None
    with open_for_verification(root) as repository, ObjectReader(repository) as reader:
        assert find_versions(repository, reader, {"a.md": [digest("sought")]}, [lost]) == {digest("sought"): b"sought"}


@pytest.mark.parametrize("options", [["--depth", "1"], ["--no-checkout", "--filter=blob:none"]], ids=str)
def test_a_version_that_the_clone_lacks_is_found_after_the_fetch_that_is_suggested(
    root: Path, tmp_path: Path, options: list[str]
) -> None:
    change(change(root, "sought"), "three")
    git(root, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", *options, f"file://{root}", "clone")
    clone = tmp_path / "clone"
    assert find(clone, "sought") is None
    with open_for_verification(clone) as repository:
        command = suggest_fetch(repository)
    assert command is not None
    git(clone, *command.split()[1:])
    assert find(clone, "sought") == b"sought"


def test_for_a_whole_clone_nothing_is_suggested(root: Path) -> None:
    with open_for_verification(root) as repository:
        assert suggest_fetch(repository) is None
