import os
from pathlib import Path

import pytest

from gate_tests.files.regular_file import FileTooLarge, NotRegularFile, read_regular_file
from tests.support.messages import message


def test_a_regular_file_is_read_as_a_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"\0\xff\r\n" * 100_000)
    assert read_regular_file(tmp_path / "a") == b"\0\xff\r\n" * 100_000


def test_a_symlink_to_one_is_read_too(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"text")
    (tmp_path / "link").symlink_to("a")
    assert read_regular_file(tmp_path / "link") == b"text"


def test_a_directory_and_a_fifo_without_writer_are_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(NotRegularFile) as caught:
        read_regular_file(tmp_path)
    assert caught.value.strerror == "is a directory"
    with pytest.raises(NotRegularFile) as caught:
        read_regular_file(tmp_path / "fifo")
    assert caught.value.strerror == "is a special file"


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_regular_file(tmp_path / "nothing")


def test_a_file_is_refused_before_it_is_read_if_it_is_larger_than_the_limit(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(1 << 43)
    with pytest.raises(FileTooLarge) as caught:
        read_regular_file(tmp_path / "sparse")
    assert caught.value.strerror == message("larger-than", limit="256 MiB")


def test_a_file_of_just_the_limit_is_read(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a" * 64)
    assert read_regular_file(tmp_path / "a", max_bytes=64) == b"a" * 64
    with pytest.raises(FileTooLarge):
        read_regular_file(tmp_path / "a", max_bytes=63)


def test_no_more_is_read_of_a_file_that_grows_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a").write_bytes(b"a" * 100)
    look = os.fstat

    def look_before_it_grows(descriptor: int) -> os.stat_result:
        return os.stat_result((*look(descriptor)[:6], 10, *look(descriptor)[7:]))

    monkeypatch.setattr(os, "fstat", look_before_it_grows)
    assert read_regular_file(tmp_path / "a", max_bytes=100) == b"a" * 100
    with pytest.raises(FileTooLarge):
        read_regular_file(tmp_path / "a", max_bytes=50)
