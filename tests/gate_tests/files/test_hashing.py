import os
import threading
import tracemalloc
from hashlib import sha256
from pathlib import Path

import pytest

from gate_tests.files import hashing
from gate_tests.files.artifacts import Artifacts, PathKind
from gate_tests.files.hashing import FileHasher, HashedFile, HashTimeout
from tests.support.large_files import MIB, sparse
from tests.support.messages import message
from tests.support.repository import Repository


def read(path: Path, keep_bytes: int | None = None, size_bytes: int | None = None) -> HashedFile:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return FileHasher().hash_file(descriptor, path.stat().st_size if size_bytes is None else size_bytes, keep_bytes)
    finally:
        os.close(descriptor)


SIZES = [1, 220, hashing._BLOCK_BYTES, hashing._BLOCK_BYTES + 1, 3 * MIB + 7]


@pytest.mark.parametrize("large_bytes", [1 << 60, 0], ids=["in turn", "ahead"])
@pytest.mark.parametrize("size_bytes", SIZES)
def test_a_file_is_read_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size_bytes: int, large_bytes: int
) -> None:
    monkeypatch.setattr(hashing, "_LARGE_BYTES", large_bytes)
    content = b"#" + os.urandom(size_bytes - 1)
    (tmp_path / "a").write_bytes(content)
    hashed = sha256(content).hexdigest()
    assert read(tmp_path / "a") == HashedFile(hashed, size_bytes, None)
    assert read(tmp_path / "a", keep_bytes=size_bytes) == HashedFile(hashed, size_bytes, content)
    assert read(tmp_path / "a", keep_bytes=size_bytes - 1) == HashedFile(hashed, size_bytes, None)


@pytest.mark.parametrize("large_bytes", [1 << 60, 0], ids=["in turn", "ahead"])
def test_what_grows_for_ever_is_not_read_for_ever(monkeypatch: pytest.MonkeyPatch, large_bytes: int) -> None:
    monkeypatch.setattr(hashing, "_LARGE_BYTES", large_bytes)
    assert 2 * MIB <= read(Path("/dev/zero"), size_bytes=2 * MIB).size_bytes < 4 * MIB


def test_an_empty_file_has_a_hash_too(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    assert read(tmp_path / "a", keep_bytes=0) == HashedFile(sha256().hexdigest(), 0, b"", is_blank=True)


@pytest.mark.parametrize("large_bytes", [1 << 60, 0], ids=["in turn", "ahead"])
@pytest.mark.parametrize("size_bytes", [8, 3 * MIB + 6])
def test_a_file_is_seen_to_be_blank_while_it_is_hashed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size_bytes: int, large_bytes: int
) -> None:
    monkeypatch.setattr(hashing, "_LARGE_BYTES", large_bytes)
    for content, is_blank in ((b" \n" * (size_bytes // 2), True), (b" \n" * (size_bytes // 2 - 1) + b" .", False)):
        (tmp_path / "a").write_bytes(content)
        assert read(tmp_path / "a").is_blank is is_blank


def test_one_reader_reads_many_files(tmp_path: Path) -> None:
    hasher = FileHasher()
    for content in (b"long" * 1000, b"short", b""):
        (tmp_path / "a").write_bytes(content)
        descriptor = os.open(tmp_path / "a", os.O_RDONLY)
        assert hasher.hash_file(descriptor, len(content), 10_000).content == content
        os.close(descriptor)


@pytest.mark.parametrize("large_bytes", [1 << 60, 0], ids=["in turn", "ahead"])
def test_an_error_while_reading_is_raised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large_bytes: int) -> None:
    monkeypatch.setattr(hashing, "_LARGE_BYTES", large_bytes)
    with pytest.raises(IsADirectoryError):
        read(tmp_path, size_bytes=10)


@pytest.mark.parametrize("large_bytes", [1 << 60, 0], ids=["in turn", "ahead"])
@pytest.mark.quick("*")
def test_no_large_file_is_hashed_after_the_time_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large_bytes: int
) -> None:
    monkeypatch.setattr(hashing, "_LARGE_BYTES", large_bytes)
    (tmp_path / "small").write_bytes(b"a")
    hasher, threads = FileHasher(limit_s=0.1), threading.active_count()
    for _ in range(2):
        with open("/dev/zero", "rb") as endless, pytest.raises(HashTimeout) as caught:
            hasher.hash_file(endless.fileno(), 1 << 60, None)
        assert caught.value.strerror == message("hash-timeout", seconds=0.1)
        assert threading.active_count() == threads  # nothing reads from the descriptor any more
    with (tmp_path / "small").open("rb") as small:
        assert hasher.hash_file(small.fileno(), 1, None).sha256 == sha256(b"a").hexdigest()


@pytest.mark.slow
def test_a_huge_file_is_hashed_in_little_memory(tmp_path: Path) -> None:
    path = sparse(tmp_path / "huge", 300 * MIB)
    wanted = sha256()
    with path.open("rb") as file:
        while block := file.read(MIB):
            wanted.update(block)
    tracemalloc.start()
    hashed = read(path).sha256
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert hashed == wanted.hexdigest()
    assert peak_bytes < 8 * MIB


def test_a_huge_file_that_grows_while_it_is_read_is_unreadable(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sparse(repository.root / "huge", 65 * MIB)
    really_read, grown = os.readv, False

    def read_and_grow(descriptor: int, into: list[memoryview]) -> int:
        nonlocal grown
        if not grown:
            grown = True
            with path.open("ab") as file:
                file.write(b"more")
        return really_read(descriptor, into)

    monkeypatch.setattr(os, "readv", read_and_grow)
    artifact = Artifacts(repository.root, (), 0).read("huge")
    assert (artifact.kind, artifact.detail) == (PathKind.UNREADABLE, "it was changed while being read")
