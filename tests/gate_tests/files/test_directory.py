"""What is below an open directory is opened and created by name, and never through a symlink."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from gate_tests.files.directory import Directory, sync_directory
from tests.support.messages import pattern


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Directory]:
    """`tmp_path`, open."""
    with Directory.open(tmp_path) as opened:
        yield opened


def test_directories_are_created_where_they_are_missing_if_that_is_wanted(directory: Directory, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="'a'"):
        directory.open_below("a/b")
    for _ in range(2):
        with directory.open_below("a/b", create=True) as below:
            assert below.path == "a/b"
    assert (tmp_path / "a/b").is_dir()


@pytest.mark.parametrize("target", ["real", "missing", "link"])
@pytest.mark.parametrize("path", ["link", "link/below"])
def test_a_symlink_is_refused_wherever_it_leads(directory: Directory, tmp_path: Path, path: str, target: str) -> None:
    (tmp_path / "real/below").mkdir(parents=True)
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(Refused, match=pattern("is-symlink", path="link")) as caught:
        directory.open_below(path, create=True)
    assert caught.value.next_command == "ls -ld link"
    assert not (tmp_path / "missing").exists()


def test_a_new_file_replaces_nothing_and_follows_nothing(directory: Directory, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("missing")
    os.close(directory.create_new("file"))
    for name in ("file", "link"):
        with pytest.raises(FileExistsError, match=f"'{name}'"):
            directory.create_new(name)
    assert not (tmp_path / "missing").exists()
    assert [directory.exists(name) for name in ("file", "link", "missing")] == [True, True, False]


def test_an_error_names_the_whole_path(directory: Directory) -> None:
    with directory.open_below("a/b", create=True) as below:
        os.close(below.create_new("file"))
        with pytest.raises(NotADirectoryError, match="'a/b/file'"):
            below.open_below("file/c", create=True)


def test_what_is_opened_stays_the_same_after_it_was_moved(directory: Directory, tmp_path: Path) -> None:
    with directory.open_below("a", create=True) as below:
        (tmp_path / "a").rename(tmp_path / "moved")
        (tmp_path / "a").symlink_to("elsewhere")
        os.close(below.create_new("file"))
    assert [path.name for path in (tmp_path / "moved").iterdir()] == ["file"]


@pytest.mark.parametrize(("number", "is_error"), [(errno.EIO, True), (errno.EINVAL, False), (errno.ENOTSUP, False)])
def test_a_file_system_that_cannot_sync_a_directory_is_told_from_a_disk_that_fails(
    directory: Directory, monkeypatch: pytest.MonkeyPatch, number: int, is_error: bool
) -> None:
    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    try:
        sync_directory(directory.descriptor)
        failed = False
    except OSError:
        failed = True
    assert failed is is_error
