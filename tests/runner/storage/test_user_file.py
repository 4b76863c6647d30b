"""A file of the user's is written atomically, keeps its permissions, and a symlink to it stays one."""

import os
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from runner.storage.user_file import FileChange, read_user_file, write_user_file
from tests.support.messages import pattern


def test_a_missing_file_is_created_and_the_same_bytes_are_not_written_again(tmp_path: Path) -> None:
    path = tmp_path / "AGENTS.md"
    assert read_user_file(path) is None
    assert write_user_file(path, b"one", None) is FileChange.CREATED
    before = path.stat()
    assert write_user_file(path, b"one", b"one") is FileChange.UNCHANGED
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert write_user_file(path, b"two", b"one") is FileChange.UPDATED
    assert read_user_file(path) == b"two"
    assert os.listdir(tmp_path) == ["AGENTS.md"]


@pytest.mark.parametrize("exists", [True, False], ids=["to a file", "dangling"])
def test_a_symlink_is_followed_and_kept(tmp_path: Path, exists: bool) -> None:
    (tmp_path / "docs").mkdir()
    link, target = tmp_path / "CLAUDE.md", tmp_path / "docs/AGENTS.md"
    link.symlink_to("docs/AGENTS.md")
    if exists:
        target.write_text("old")
    write_user_file(link, b"new", read_user_file(link))
    assert os.readlink(link) == "docs/AGENTS.md"
    assert target.read_bytes() == b"new"
    assert not target.is_symlink()


def test_permissions_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "AGENTS.md"
    path.write_text("old")
    path.chmod(0o640)
    write_user_file(path, b"new", b"old")
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_read_only_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "AGENTS.md"
    path.write_text("old")
    path.chmod(0o444)
    with pytest.raises(Refused, match=pattern("user-file-read-only", path=path)) as caught:
        write_user_file(path, b"new", b"old")
    assert caught.value.next_command == f"ls -l {path}"
    assert path.read_text() == "old"


def test_what_another_process_wrote_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "AGENTS.md"
    path.write_text("theirs")
    with pytest.raises(Refused, match=pattern("file-changed-meanwhile", path=path)):
        write_user_file(path, b"ours", b"old")
    assert path.read_text() == "theirs"
    assert os.listdir(tmp_path) == ["AGENTS.md"]


def test_directories_are_made_only_where_that_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "a/b/SKILL.md"
    with pytest.raises(Refused, match=pattern("no-parent-directory", directory=path.parent)):
        write_user_file(path, b"x", None)
    assert write_user_file(path, b"x", None, makes_directory=True) is FileChange.CREATED
    assert path.read_bytes() == b"x"


def test_of_a_symlink_into_a_missing_directory_that_directory_is_named(tmp_path: Path) -> None:
    link = tmp_path / "AGENTS.md"
    link.symlink_to("missing/AGENTS.md")
    with pytest.raises(Refused, match=pattern("no-parent-directory", directory=tmp_path / "missing")) as caught:
        write_user_file(link, b"x", None)
    assert caught.value.next_command == f"mkdir -p {tmp_path / 'missing'}"


@pytest.mark.parametrize(
    ("name", "problem", "shown"),
    [("file/AGENTS.md", "cannot be read (Not a directory)", "file"), ("there", "is a directory", "there")],
)
def test_what_cannot_be_read_is_refused_and_what_exists_of_its_path_is_shown(
    tmp_path: Path, name: str, problem: str, shown: str
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "there").mkdir()
    with pytest.raises(Refused) as caught:
        read_user_file(tmp_path / name)
    assert caught.value.message == f"{tmp_path / name}: {problem}"
    assert caught.value.next_command == f"ls -l {tmp_path / shown}"
