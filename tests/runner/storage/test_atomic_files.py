"""Files are written completely or not at all, and what killed writers left is removed."""

import errno
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gate_tests.errors import Refused
from gate_tests.files.directory import Directory
from gate_tests.workspace.names import TEMPORARY
from runner.storage.atomic_files import (
    back_up_file,
    create_file,
    create_run_directory,
    remove_stale_temporaries,
    remove_temporaries,
    replace_file,
)


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Directory]:
    """`tmp_path`, open."""
    with Directory.open(tmp_path) as opened:
        yield opened


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_file_is_created_with_its_directories(directory: Directory, tmp_path: Path) -> None:
    with directory.open_below("a/b", create=True) as below:
        create_file(below, "c.json", b"{}")
    assert (tmp_path / "a/b/c.json").read_bytes() == b"{}"
    assert names(tmp_path / "a/b") == ["c.json"]


def test_an_existing_file_is_not_created_again(directory: Directory, tmp_path: Path) -> None:
    create_file(directory, "a.json", b"first")
    with pytest.raises(FileExistsError):
        create_file(directory, "a.json", b"second")
    assert (names(tmp_path), (tmp_path / "a.json").read_bytes()) == (["a.json"], b"first")


def test_a_file_is_replaced(directory: Directory, tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        replace_file(directory, "a.json", content)
    assert (names(tmp_path), (tmp_path / "a.json").read_bytes()) == (["a.json"], b"second")


def test_a_link_is_replaced_not_followed(directory: Directory, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "a.json").symlink_to("precious")
    replace_file(directory, "a.json", b"new")
    assert ((tmp_path / "precious").read_text(), (tmp_path / "a.json").is_symlink()) == ("mine", False)


def test_a_file_that_cannot_replace_another_leaves_no_temporary_one(directory: Directory, tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(OSError, match=r"a\.json"):
        replace_file(directory, "a.json", b"new")
    assert names(tmp_path) == ["a.json"]


def test_each_backup_has_a_name_of_its_own(directory: Directory, tmp_path: Path) -> None:
    for content in ("first", "second"):
        replace_file(directory, "RUN.json", content.encode())
        back_up_file(directory, "RUN.json")
    assert [(tmp_path / f"RUN.json.damaged-{number}").read_text() for number in (1, 2)] == ["first", "second"]
    assert (tmp_path / "RUN.json").read_text() == "second"


def test_a_run_directory_is_created_completely_or_refused(directory: Directory, tmp_path: Path) -> None:
    create_run_directory(directory, "run_x", b"{}")
    assert (names(tmp_path / "run_x"), names(tmp_path / "run_x/record")) == (["logs", "record"], ["RUN.json"])
    with pytest.raises(Refused, match="run run_x already exists"):
        create_run_directory(directory, "run_x", b"[]")
    assert (names(tmp_path), (tmp_path / "run_x/record/RUN.json").read_bytes()) == (["run_x"], b"{}")


def test_only_temporary_files_of_the_directory_itself_are_removed(directory: Directory, tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    for name in (f"{TEMPORARY}1", "kept", f"below/{TEMPORARY}1"):
        (tmp_path / name).touch()
    (tmp_path / f"{TEMPORARY}2").symlink_to("kept")
    remove_temporaries(directory)
    assert (names(tmp_path), names(tmp_path / "below")) == (["below", "kept"], [f"{TEMPORARY}1"])


@pytest.mark.parametrize("error", [FileNotFoundError(2, "vanished"), PermissionError(13, "of another user")], ids=repr)
def test_a_temporary_file_that_cannot_be_removed_is_no_error(
    directory: Directory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    unlink = os.unlink

    def refuse(name: str, *, dir_fd: int) -> None:
        if name == f"{TEMPORARY}1":
            raise error
        unlink(name, dir_fd=dir_fd)

    for number in (1, 2):
        (tmp_path / f"{TEMPORARY}{number}").touch()
    monkeypatch.setattr(os, "unlink", refuse)
    remove_temporaries(directory)
    assert names(tmp_path) == [f"{TEMPORARY}1"]


def test_a_file_that_was_renamed_before_an_interrupt_stays(
    directory: Directory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = os.replace

    def interrupted(old: str, new: str, **directories: int) -> None:
        rename(old, new, **directories)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_file(directory, "a.json", b"new")
    assert (names(tmp_path), (tmp_path / "a.json").read_bytes()) == (["a.json"], b"new")


def test_unfinished_runs_are_removed_once_they_are_old(directory: Directory, tmp_path: Path) -> None:
    for name in (f"{TEMPORARY}old", f"{TEMPORARY}new", "run_old"):
        (tmp_path / name / "record").mkdir(parents=True)
    for name in (f"{TEMPORARY}old", "run_old"):
        os.utime(tmp_path / name, (0, 0))
    remove_stale_temporaries(directory)
    assert names(tmp_path) == [f"{TEMPORARY}new", "run_old"]


@pytest.mark.slow
def test_what_no_writer_creates_in_an_unfinished_run_is_left_however_deep(directory: Directory, tmp_path: Path) -> None:
    unfinished = tmp_path / f"{TEMPORARY}old"
    (unfinished / "logs").mkdir(parents=True)
    make_deep_directories(unfinished / "logs", 1200)
    (unfinished / "record").symlink_to(tmp_path / "theirs", target_is_directory=True)
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs/file").write_text("mine")
    os.utime(unfinished, (0, 0))
    try:
        remove_stale_temporaries(directory)
        assert names(unfinished) == ["logs", "record"]
        assert names(tmp_path / "theirs") == ["file"]
    finally:
        subprocess.run(["rm", "-rf", unfinished], check=True)  # pytest could not remove it


def make_deep_directories(directory: Path, depth: int) -> None:
    at = os.open(directory, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)


@pytest.mark.quick("*")
@pytest.mark.parametrize(("write", "give_name"), [(create_file, "link"), (replace_file, "replace")])
def test_a_file_whose_temporary_name_somebody_removes_is_written_again(
    directory: Directory,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    write: Callable[[Directory, str, bytes], None],
    give_name: str,
) -> None:
    """As `git clean -fdx` does in another terminal."""
    original, removals = getattr(os, give_name), iter(range(3))

    def remove_before(temporary: str, name: str, **options: object) -> None:
        if next(removals, None) is not None:
            (tmp_path / temporary).unlink()
        original(temporary, name, **options)

    monkeypatch.setattr(os, give_name, remove_before)
    write(directory, "a.json", b"{}")
    assert (names(tmp_path), (tmp_path / "a.json").read_bytes()) == (["a.json"], b"{}")


def test_a_file_whose_temporary_name_somebody_keeps_removing_is_given_up(
    directory: Directory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = os.link

    def remove_before(temporary: str, name: str, **options: Any) -> None:
        (tmp_path / temporary).unlink()
        link(temporary, name, **options)

    monkeypatch.setattr(os, "link", remove_before)
    with pytest.raises(FileNotFoundError, match=r"a\.json"):
        create_file(directory, "a.json", b"{}")
    assert names(tmp_path) == []


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file system that refuses hard links, as FAT does."""

    def refuse(*names: str, **options: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "link", refuse)


@pytest.mark.usefixtures("no_links")
def test_without_hard_links_a_file_is_created_once_too(directory: Directory, tmp_path: Path) -> None:
    create_file(directory, "a.json", b"first")
    with pytest.raises(FileExistsError):
        create_file(directory, "a.json", b"second")
    assert (names(tmp_path), (tmp_path / "a.json").read_bytes()) == (["a.json"], b"first")


@pytest.mark.usefixtures("no_links")
def test_without_hard_links_a_backup_is_a_copy(directory: Directory, tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        replace_file(directory, "a.json", content)
        back_up_file(directory, "a.json")
    assert [(tmp_path / f"a.json.damaged-{number}").read_bytes() for number in (1, 2)] == [b"first", b"second"]


@pytest.mark.usefixtures("no_links")
def test_a_reserved_name_is_free_again_if_the_file_cannot_be_written(
    directory: Directory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*names: str, **directories: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OSError, match=r"No space left on device: 'a\.json'"):
        create_file(directory, "a.json", b"{}")
    assert names(tmp_path) == []
