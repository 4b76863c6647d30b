"""Files are written completely or not at all, and what killed writers left is removed."""

import os
import subprocess
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from runner.storage.atomic_files import (
    TEMPORARY,
    back_up_file,
    create_file,
    create_run_directory,
    make_directories,
    remove_stale_temporaries,
    remove_temporaries,
    replace_file,
)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_a_file_is_created_with_its_directories(tmp_path: Path) -> None:
    create_file(tmp_path / "a/b/c.json", b"{}")
    assert (tmp_path / "a/b/c.json").read_bytes() == b"{}"
    assert names(tmp_path / "a/b") == ["c.json"]


def test_an_existing_file_is_not_created_again(tmp_path: Path) -> None:
    create_file(tmp_path / "a.json", b"first")
    with pytest.raises(FileExistsError):
        create_file(tmp_path / "a.json", b"second")
    assert (names(tmp_path), (tmp_path / "a.json").read_bytes()) == (["a.json"], b"first")


def test_a_file_is_replaced(tmp_path: Path) -> None:
    for content in (b"first", b"second"):
        replace_file(tmp_path / "a.json", content)
    assert (names(tmp_path), (tmp_path / "a.json").read_bytes()) == (["a.json"], b"second")


def test_a_link_is_replaced_not_followed(tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "a.json").symlink_to("precious")
    replace_file(tmp_path / "a.json", b"new")
    assert ((tmp_path / "precious").read_text(), (tmp_path / "a.json").is_symlink()) == ("mine", False)


def test_a_file_that_cannot_replace_another_leaves_no_temporary_one(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()
    with pytest.raises(OSError, match=r"a\.json"):
        replace_file(tmp_path / "a.json", b"new")
    assert names(tmp_path) == ["a.json"]


def test_each_backup_has_a_name_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "RUN.json"
    for content in ("first", "second"):
        replace_file(file, content.encode())
        back_up_file(file)
    assert [(tmp_path / f"RUN.json.damaged-{number}").read_text() for number in (1, 2)] == ["first", "second"]
    assert file.read_text() == "second"


def test_a_run_directory_is_created_completely_or_refused(tmp_path: Path) -> None:
    create_run_directory(tmp_path / "run_x", b"{}")
    assert (names(tmp_path / "run_x"), names(tmp_path / "run_x/record")) == (["logs", "record"], ["RUN.json"])
    with pytest.raises(Refused, match="run run_x exists already"):
        create_run_directory(tmp_path / "run_x", b"[]")
    assert (names(tmp_path), (tmp_path / "run_x/record/RUN.json").read_bytes()) == (["run_x"], b"{}")


def test_temporary_files_are_removed_at_every_depth_and_links_are_not_followed(tmp_path: Path) -> None:
    make_directories(tmp_path / "run/record")
    make_directories(tmp_path / "outside")
    for directory in ("run", "run/record", "outside"):
        (tmp_path / directory / f"{TEMPORARY}1").touch()
        (tmp_path / directory / "kept").touch()
    (tmp_path / "run/link").symlink_to(tmp_path / "outside")
    remove_temporaries(tmp_path / "run")
    assert (names(tmp_path / "run"), names(tmp_path / "run/record")) == (["kept", "link", "record"], ["kept"])
    assert names(tmp_path / "outside") == [f"{TEMPORARY}1", "kept"]


def test_a_temporary_file_that_vanishes_meanwhile_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f"{TEMPORARY}1").touch()

    def vanish(path: str) -> None:
        monkeypatch.undo()
        os.unlink(path)
        os.unlink(path)

    monkeypatch.setattr(os, "unlink", vanish)
    remove_temporaries(tmp_path)
    assert names(tmp_path) == []


@pytest.mark.slow
def test_directories_nested_too_deeply_for_a_path_do_not_prevent_the_removal(tmp_path: Path) -> None:
    (tmp_path / f"{TEMPORARY}1").touch()
    at = os.open(tmp_path, os.O_RDONLY)
    for _ in range(2500):
        os.mkdir("d", dir_fd=at)
        below = os.open("d", os.O_RDONLY, dir_fd=at)
        os.close(at)
        at = below
    os.close(at)
    try:
        remove_temporaries(tmp_path)
        assert names(tmp_path) == ["d"]
    finally:
        subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # pytest could not remove it


def test_a_file_that_was_renamed_before_an_interrupt_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = os.replace

    def interrupted(*paths: Path) -> None:
        rename(*paths)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        replace_file(tmp_path / "a.json", b"new")
    assert (names(tmp_path), (tmp_path / "a.json").read_bytes()) == (["a.json"], b"new")


def test_unfinished_runs_are_removed_once_they_are_old(tmp_path: Path) -> None:
    for name in (f"{TEMPORARY}old", f"{TEMPORARY}new", "run_old"):
        (tmp_path / name / "record").mkdir(parents=True)
    for name in (f"{TEMPORARY}old", "run_old"):
        os.utime(tmp_path / name, (0, 0))
    remove_stale_temporaries(tmp_path)
    assert names(tmp_path) == [f"{TEMPORARY}new", "run_old"]
