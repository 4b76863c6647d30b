"""Files of a tree are written into a scratch directory as git has them, and nothing beside it."""

import os
import subprocess
from pathlib import Path

import pytest

from runner.git.export import export_files
from runner.git.object_reader import ObjectReader
from runner.git.tree import GitTree, TreeEntry, read_index
from runner.git.verification import open_for_verification
from tests.support.git_checkout import commit, git, make_checkout


def export(root: Path, directory: Path, tree: GitTree | None = None) -> dict[str, str]:
    directory.mkdir()
    with open_for_verification(root) as repository, ObjectReader(repository) as reader:
        tree = tree or read_index(repository)
        return export_files(reader, tree, tree.entries, directory)


def add_object(root: Path, content: str) -> str:
    command = ("git", "hash-object", "-w", "--stdin")
    return subprocess.run(command, cwd=root, input=content, capture_output=True, text=True, check=True).stdout.strip()


def test_files_have_their_bytes_names_and_modes(checkout: Path, tmp_path: Path) -> None:
    name = os.fsdecode(b"deep/gr\xf6\xdfe.md")
    (checkout / "deep").mkdir()
    (checkout / name).write_bytes(b"1\r\n")
    (checkout / "run.sh").touch(0o755)
    git(checkout, "add", "-A")
    assert export(checkout, tmp_path / "out") == {}
    assert (tmp_path / "out" / name).read_bytes() == b"1\r\n"
    assert (tmp_path / "out/a.md").read_bytes() == b"one\n"
    assert os.access(tmp_path / "out/run.sh", os.X_OK)
    assert not os.access(tmp_path / "out/a.md", os.X_OK)


@pytest.mark.parametrize(
    "path", ["../out.md", "/tmp/out.md", "a/../../out.md", ".git/config", "a/.GIT/hooks/x", "a//b", "./b", ""]
)
def test_a_name_that_leads_elsewhere_is_left_out(checkout: Path, tmp_path: Path, path: str) -> None:
    tree = GitTree("a tree", {path: TreeEntry("100644", add_object(checkout, "x"))})
    assert export(checkout, tmp_path / "out", tree) == {path: "its name is not allowed"}
    assert [*(tmp_path / "out").iterdir()] == []
    assert not (tmp_path / "out.md").exists()


def test_two_files_of_one_name_are_written_once_and_the_other_is_reported(checkout: Path, tmp_path: Path) -> None:
    entry = TreeEntry("100644", add_object(checkout, "x"))
    left_out = export(checkout, tmp_path / "out", GitTree("a tree", {"a": entry, "a/b": entry}))
    assert left_out == {"a/b": "another file has its name in other letter case"}


@pytest.mark.parametrize(
    ("target", "is_kept"),
    [
        ("../a.md", True),
        ("other.md", True),
        ("deep/missing.md", True),
        ("..", True),
        ("../../a.md", False),
        ("/etc/passwd", False),
        ("other/../../../x", False),
        ("../.git/config", False),
    ],
)
def test_a_symlink_is_kept_if_it_leads_into_the_directory(
    checkout: Path, tmp_path: Path, target: str, is_kept: bool
) -> None:
    tree = GitTree("a tree", {"deep/link": TreeEntry("120000", add_object(checkout, target))})
    left_out = export(checkout, tmp_path / "out", tree)
    assert left_out == ({} if is_kept else {"deep/link": "it is a symlink that leads elsewhere"})
    assert os.path.lexists(tmp_path / "out/deep/link") == is_kept


def test_nothing_is_written_through_a_symlink(checkout: Path, tmp_path: Path) -> None:
    link, file = (add_object(checkout, content) for content in ("deep", "x"))
    tree = GitTree("a tree", {"link": TreeEntry("120000", link), "link/a.md": TreeEntry("100644", file)})
    assert [*export(checkout, tmp_path / "out", tree)] == ["link"]
    assert (tmp_path / "out/link/a.md").read_text() == "x"


def test_a_submodule_is_left_out(checkout: Path, tmp_path: Path) -> None:
    commit(make_checkout(tmp_path / "library"))
    git(checkout, "submodule", "--quiet", "add", str(tmp_path / "library"), "sub")
    assert export(checkout, tmp_path / "out") == {"sub": "it is a submodule"}
    assert not (tmp_path / "out/sub").exists()
