"""The files of a commit and of the index are listed as git has them, whatever the work tree has."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from runner.git.revision import resolve_commit
from runner.git.tree import GitTree, TreeChange, diff_commits, diff_trees, read_commit_tree, read_index
from runner.git.verification import open_for_verification, refuse_unmerged
from tests.support.git_checkout import commit, git, make_checkout


def read_tree(root: Path, revision: str = "HEAD", *paths: str) -> GitTree:
    with open_for_verification(root) as repository:
        return read_commit_tree(repository, resolve_commit(repository, revision), *paths)


def read_staged(root: Path, *paths: str) -> GitTree:
    with open_for_verification(root) as repository:
        return read_index(repository, *paths)


def write(root: Path, **contents: str) -> None:
    for name, content in contents.items():
        path = root / name.replace("__", "/").replace("_md", ".md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    git(root, "add", "-A")


def test_paths_are_those_below_the_root_and_relative_to_it(checkout: Path) -> None:
    write(checkout, team__b_md="b", team__deep__c_md="c", other_md="o")
    commit(checkout)
    assert [*read_tree(checkout / "team").entries] == ["b.md", "deep/c.md"]
    assert [*read_tree(checkout / "team", "HEAD", "deep").entries] == ["deep/c.md"]
    assert [*read_staged(checkout / "team", "deep", "missing").entries] == ["deep/c.md"]
    assert [*read_tree(checkout, "HEAD", "a.md", "team/deep").entries] == ["a.md", "team/deep/c.md"]


def test_a_root_that_the_commit_does_not_have_has_no_files(checkout: Path) -> None:
    commit(checkout)
    (checkout / "new").mkdir()
    assert read_tree(checkout / "new").entries == {}


def test_a_path_with_pattern_characters_is_no_pattern(checkout: Path) -> None:
    for name in ("[ab].md", "b.md", ":(top)a.md"):
        (checkout / name).write_text(name)
    git(checkout, "add", "-A")
    commit(checkout)
    for name in ("[ab].md", ":(top)a.md"):
        assert [*read_tree(checkout, "HEAD", name).entries] == [name]
        assert [*read_staged(checkout, name).entries] == [name]


def test_a_name_that_is_not_utf8_is_that_of_the_file(checkout: Path) -> None:
    name = os.fsdecode(b"gr\xf6\xdfe\n.md")
    (checkout / name).write_text("x")
    git(checkout, "add", "-A")
    commit(checkout)
    assert name in read_tree(checkout).entries
    assert name in read_staged(checkout).entries
    assert (checkout / name).exists()


def test_a_symlink_a_program_and_a_submodule_are_told_from_a_file(checkout: Path, tmp_path: Path) -> None:
    _add_submodule(checkout, tmp_path)
    (checkout / "link").symlink_to("a.md")
    (checkout / "run.sh").touch(0o755)
    git(checkout, "add", "-A")
    commit(checkout)
    entries = read_tree(checkout).entries
    assert entries["a.md"].is_file
    assert entries["link"].is_symlink
    assert not entries["link"].is_file
    assert entries["run.sh"].is_file
    assert entries["run.sh"].is_executable
    assert entries["sub"].is_submodule
    assert not entries["sub"].is_file


def test_what_lies_in_a_submodule_or_behind_a_symlink_is_named_by_where_it_begins(
    checkout: Path, tmp_path: Path
) -> None:
    _add_submodule(checkout, tmp_path)
    (checkout / "deep").mkdir()
    (checkout / "deep/link").symlink_to("../sub")
    git(checkout, "add", "-A")
    tree = read_staged(checkout)
    assert tree.find_enclosing("sub/a/b.md") == "sub"
    assert tree.find_enclosing("deep/link/a.md") == "deep/link"
    assert tree.find_enclosing("deep/other.md") is None
    assert tree.find_enclosing("sub") is None


def test_a_root_in_a_submodule_is_in_the_repository_of_the_submodule(checkout: Path, tmp_path: Path) -> None:
    _add_submodule(checkout, tmp_path)
    assert [*read_tree(checkout / "sub").entries] == ["a.md"]


def _add_submodule(root: Path, tmp_path: Path) -> None:
    commit(make_checkout(tmp_path / "library"))
    git(root, "submodule", "--quiet", "add", str(tmp_path / "library"), "sub")


def test_a_file_that_is_only_intended_to_be_added_is_not_in_the_index(checkout: Path) -> None:
    (checkout / "empty.md").touch()
    git(checkout, "add", "empty.md")
    (checkout / "later.md").write_text("later")
    git(checkout, "add", "--intent-to-add", "later.md")
    assert [*read_staged(checkout).entries] == ["a.md", "empty.md"]


def test_a_file_in_conflict_is_unmerged_and_refused(checkout: Path) -> None:
    git(checkout, "symbolic-ref", "HEAD", "refs/heads/main")
    commit(checkout)
    for branch in ("one", "other"):
        git(checkout, "checkout", "-q", "-b", branch, "main")
        write(checkout, a_md=branch, b_md="b")
        commit(checkout)
    with pytest.raises(Exception, match="merge"):
        git(checkout, "merge", "one")
    tree = read_staged(checkout)
    assert tree.unmerged == {"a.md"}
    assert [*tree.entries] == ["b.md"]
    refuse_unmerged(tree, ["b.md"])
    with pytest.raises(Refused, match=r"^a\.md has merge conflicts in the index$") as refused:
        refuse_unmerged(tree, ["b.md", "a.md"])
    assert refused.value.next_command == "git status"


def split_index(root: Path) -> None:
    git(root, "update-index", "--split-index")


def sparse_index(root: Path) -> None:
    git(root, "sparse-checkout", "set", "--cone", "--sparse-index", "kept")
    assert not (root / "team").exists()


def sparse_checkout(root: Path) -> None:
    git(root, "sparse-checkout", "set", "--no-cone", "/kept/")
    assert not (root / "a.md").exists()


def worktree(root: Path) -> Path:
    git(root, "worktree", "add", "-q", str(root.parent / "linked"))
    return root.parent / "linked"


def alternates(root: Path) -> Path:
    git(root.parent, "clone", "-q", "--shared", str(root), "borrowing")
    return root.parent / "borrowing"


def relative_alternates(root: Path) -> Path:
    path = alternates(root)
    (path / ".git/objects/info/alternates").write_text("../../../checkout/.git/objects\n")
    return path


def packed(root: Path) -> None:
    git(root, "gc", "-q")


def read_only(root: Path) -> None:
    shutil.copy(root / ".git/index", root / ".git/index.lock")  # another git is at work


@pytest.mark.parametrize(
    "arrange",
    [split_index, sparse_index, sparse_checkout, worktree, alternates, relative_alternates, packed, read_only],
)
def test_every_kind_of_repository_lists_all_files(checkout: Path, arrange: Callable[[Path], Path | None]) -> None:
    write(checkout, team__b_md="b", kept__c_md="c")
    commit(checkout)
    root = arrange(checkout) or checkout
    assert {*read_staged(root).entries} == {*read_tree(root).entries} == {"a.md", "team/b.md", "kept/c.md"}


def test_a_repository_that_names_its_objects_by_sha256_is_read(tmp_path: Path) -> None:
    root = make_checkout(tmp_path / "repo", "--object-format=sha256")
    (root / "empty.md").touch()
    git(root, "add", "-A")
    commit(root)
    (root / "later.md").touch()
    git(root, "add", "-N", "later.md")
    assert len(read_tree(root).entries["a.md"].object_id) == 64
    assert [*read_staged(root).entries] == ["a.md", "empty.md"]


def test_a_tree_is_that_of_the_commit_whatever_replaces_it(checkout: Path) -> None:
    first = commit(checkout)
    write(checkout, b_md="b")
    second = commit(checkout)
    git(checkout, "replace", second, first)
    assert [*read_tree(checkout, second).entries] == ["a.md", "b.md"]


@pytest.mark.parametrize("arguments", [["-a"], ["a.md"]], ids=["all", "one-file"])
def test_a_hook_reads_the_index_that_is_about_to_be_committed(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str]
) -> None:
    commit(checkout)
    before = read_staged(checkout).entries["a.md"]
    (checkout / "a.md").write_text("two\n")
    index = _find_index_of_commit(checkout, tmp_path, arguments)
    shutil.copy(tmp_path / "index", checkout / index)  # as it was while the hook ran
    monkeypatch.setenv("GIT_INDEX_FILE", index)
    assert read_staged(checkout).entries["a.md"] != before


def _find_index_of_commit(root: Path, tmp_path: Path, arguments: list[str]) -> str:
    """What git tells a hook about the index, which is copied."""
    hook = root / ".git/hooks/pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(
        f'#!/bin/sh\nprintf %s "$GIT_INDEX_FILE" > {tmp_path}/name\ncp "$GIT_INDEX_FILE" {tmp_path}/index\nexit 1\n'
    )
    hook.chmod(0o755)
    with pytest.raises(Exception, match="commit"):
        git(root, "commit", "-m", "x", *arguments)
    return (tmp_path / "name").read_text()


def test_the_index_of_another_repository_is_not_read(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_checkout(tmp_path / "other")
    write(other, b_md="b")
    monkeypatch.setenv("GIT_INDEX_FILE", str(other / ".git/index"))
    assert [*read_staged(checkout).entries] == ["a.md"]


def test_two_trees_differ_where_a_file_was_added_removed_or_changed(checkout: Path) -> None:
    write(checkout, team__b_md="b", team__c_md="c")
    before_id = commit(checkout)
    (checkout / "team/b.md").unlink()
    (checkout / "team/c.md").chmod(0o755)
    write(checkout, team__d_md="d")
    after_id = commit(checkout)
    before, after = read_tree(checkout, before_id), read_tree(checkout, after_id)
    expected = [
        TreeChange(path, before.entries.get(path), after.entries.get(path))
        for path in ("team/b.md", "team/c.md", "team/d.md")
    ]
    assert [*diff_trees(before, after)] == expected
    with open_for_verification(checkout) as repository:
        assert [*diff_commits(repository, before_id, after_id)] == expected
        assert [*diff_commits(repository, before_id, after_id, "team/b.md")] == expected[:1]
        assert [*diff_commits(repository, before_id, before_id)] == []
    with open_for_verification(checkout / "team") as repository:
        assert [each.path for each in diff_commits(repository, before_id, after_id)] == ["b.md", "c.md", "d.md"]
