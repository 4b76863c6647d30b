import os
from pathlib import Path

import pytest

from gate_tests.files.regular_file import NotRegularFile, read_regular_file


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
    assert caught.value.strerror == "is a folder"
    with pytest.raises(NotRegularFile) as caught:
        read_regular_file(tmp_path / "fifo")
    assert caught.value.strerror == "is a special file"


def test_a_missing_file_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_regular_file(tmp_path / "nothing")
