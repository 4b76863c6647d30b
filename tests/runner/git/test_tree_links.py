"""Where the paths of a tree lead."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.git.object_reader import ObjectReader
from runner.git.tree import GitTree, read_commit_tree
from runner.git.tree_links import NotInTree, find_file, list_aliases, list_linked
from runner.git.verification import open_for_verification
from tests.support.git_checkout import commit, git, make_checkout

LINKS = {"one": "a.md", "d/two": "../one", "e": "d", "out": "..", "loop": "loop", "d/up": "..", "gone": "none.md"}


@pytest.fixture
def links(tmp_path: Path) -> Iterator[tuple[GitTree, ObjectReader]]:
    root = make_checkout(tmp_path / "checkout")
    (root / "d").mkdir()
    (root / "d/b.md").write_text("b")
    for path, target in LINKS.items():
        (root / path).symlink_to(target)
    git(root, "add", "--all")
    with open_for_verification(root) as repository, ObjectReader(repository) as reader:
        yield read_commit_tree(repository, commit(root)), reader


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("a.md", "a.md"),
        ("d/two", "a.md"),
        ("e/b.md", "d/b.md"),
        ("e/two", "a.md"),
        ("d/up/d/b.md", "d/b.md"),
        ("gone", None),
        ("d", None),
        ("a.md/x", None),
    ],
)
@pytest.mark.quick("*")
def test_symlinks_on_a_path_are_followed(links: tuple[GitTree, ObjectReader], path: str, place: str | None) -> None:
    assert find_file(*links, path) == place


@pytest.mark.parametrize("path", ["out/x", "loop"])
def test_a_path_that_leads_out_of_the_tree_is_none_of_it(links: tuple[GitTree, ObjectReader], path: str) -> None:
    with pytest.raises(NotInTree):
        find_file(*links, path)


def test_the_files_of_a_directory_through_symlinks(links: tuple[GitTree, ObjectReader]) -> None:
    assert dict(list_linked(*links, "d")) == {"d/two": "a.md"}
    assert dict(list_linked(*links, "e")) == {"e/b.md": "d/b.md", "e/two": "a.md"}
    assert dict(list_linked(*links, "none")) == {}


def test_the_paths_that_lead_to_a_file(links: tuple[GitTree, ObjectReader]) -> None:
    assert {"one", "d/two", "e/two"} <= list_aliases(*links, {"a.md"})
    assert "e/b.md" in list_aliases(*links, {"d/b.md"})
