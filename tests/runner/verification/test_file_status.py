"""What became of recorded files: in the work tree, from a table."""

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from runner.operations.recorded_files import RecordedFile
from runner.verification.file_status import FileReport, FileStatus, compare_files
from runner.verification.later_records import LaterRecords
from runner.verification.present_files import WorkTreeFiles
from runner.verification.recorded_files import PassingAttempt
from tests.support.large_files import sparse

CONTENT = b"one two three\n"
PATH = "out/a.md"
NOT_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")


def hash_of(content: bytes) -> str:
    return sha256(content).hexdigest()


class Later(LaterRecords):
    """Knows one later record: PATH with these bytes."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self._files[PATH] = {hash_of(content): "2026-11-23T00:00:00.000Z"}


def compare(root: Path, *files: RecordedFile, later: LaterRecords | None = None) -> list[FileReport]:
    attempt = PassingAttempt("run", "G1", 1, "2026-11-22T09:00:00.000Z", "2026-11-22T10:00:00.000Z", files, None)
    present = WorkTreeFiles(root)
    present.prepare(file.path for file in files)
    return compare_files([attempt], present, lambda: later or LaterRecords())


Make = Callable[[Path], object]


def link_outside(path: Path) -> None:
    (path.parents[2] / "outside.md").write_bytes(CONTENT)
    path.symlink_to("../../outside.md")


def link_inside(path: Path) -> None:
    (path.parents[1] / "inside.md").write_bytes(CONTENT)
    path.symlink_to("../inside.md")


def circle(path: Path) -> None:
    path.symlink_to(path.name)


def pipe(path: Path) -> None:
    os.mkfifo(path)


TABLE: dict[str, tuple[Make, FileStatus, str | None]] = {
    "as recorded": (lambda path: path.write_bytes(CONTENT), FileStatus.OK, None),
    "a link to the same inside": (link_inside, FileStatus.OK, None),
    "one byte more": (lambda path: path.write_bytes(CONTENT + b"\n"), FileStatus.CHANGED, None),
    "empty": (lambda path: path.write_bytes(b""), FileStatus.CHANGED, None),
    "later recorded": (lambda path: path.write_bytes(b"later\n"), FileStatus.SUPERSEDED, None),
    "missing": (lambda path: None, FileStatus.MISSING, None),
    "a link to nothing": (lambda path: path.symlink_to("nothing.md"), FileStatus.MISSING, None),
    "a directory": (lambda path: path.mkdir(), FileStatus.CHANGED, "is not a file"),
    "a pipe": (pipe, FileStatus.CHANGED, "is not a file"),
    "a link outside": (link_outside, FileStatus.CHANGED, "is outside the root (through a symlink)"),
    "a circle of links": (circle, FileStatus.CHANGED, "cannot be read: Too many levels of symbolic links"),
}


@pytest.mark.quick("*")
@pytest.mark.parametrize(("make", "status", "problem"), TABLE.values(), ids=TABLE.keys())
def test_status(tmp_path: Path, make: Make, status: FileStatus, problem: str | None) -> None:
    root = tmp_path / "root"
    (root / "out").mkdir(parents=True)
    make(root / PATH)
    (report,) = compare(root, RecordedFile(PATH, hash_of(CONTENT), len(CONTENT)), later=Later(b"later\n"))
    assert (report.status, report.present.problem if report.present else None) == (status, problem)


@NOT_ROOT
def test_a_file_that_may_not_be_read_is_changed_with_the_reason(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(CONTENT)
    (tmp_path / "a.md").chmod(0)
    (report,) = compare(tmp_path, RecordedFile("a.md", hash_of(CONTENT), None))
    assert (report.status, report.present and report.present.problem) == (
        FileStatus.CHANGED,
        "cannot be read: Permission denied",
    )


def test_a_file_in_the_place_of_its_directory_is_missing(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(CONTENT)
    (report,) = compare(tmp_path, RecordedFile(PATH, hash_of(CONTENT), None))
    assert report.status is FileStatus.MISSING


def test_what_was_recorded_before_does_not_supersede(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / PATH).write_bytes(b"earlier\n")
    earlier = Later(b"earlier\n")
    earlier._files[PATH][hash_of(b"earlier\n")] = "2026-11-22T09:59:59.999Z"
    (report,) = compare(tmp_path, RecordedFile(PATH, hash_of(CONTENT), None), later=earlier)
    assert report.status is FileStatus.CHANGED


@pytest.mark.parametrize("count", [3, 600], ids=["few files", "many files, in two processes"])
def test_files_are_compared_in_order_whichever_process_reads_them(tmp_path: Path, count: int) -> None:
    files = [RecordedFile(f"{number}.md", hash_of(b"%d" % number), None) for number in range(count)]
    for number, file in enumerate(files):
        if number % 7 != 1:
            (tmp_path / file.path).write_bytes(b"%d" % number)
    reports = compare(tmp_path, *files)
    assert [report.file for report in reports] == files
    missing = [index for index, report in enumerate(reports) if report.status is FileStatus.MISSING]
    assert missing == list(range(1, count, 7))
    assert all(report.status is FileStatus.OK for index, report in enumerate(reports) if index not in missing)


@pytest.mark.slow
def test_a_file_larger_than_memory_is_hashed_by_blocks(tmp_path: Path) -> None:
    size_bytes = 1 << 28
    sparse(tmp_path / "large", size_bytes)
    (report,) = compare(tmp_path, RecordedFile("large", "0" * 64, size_bytes))
    assert report.status is FileStatus.CHANGED
    assert report.present
    assert report.present.size_bytes == size_bytes
