import errno
import gc
import os
import socket
import sys
import time
import weakref
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from gate_tests.errors import NoVerdict
from gate_tests.files.artifacts import Artifacts, NotText, PathKind
from tests.support.checks import evaluate_all
from tests.support.processes import running, wait_until
from tests.support.repository import ARTIFACTS, Repository


def reader(repository: Repository, *text_paths: str, text_bytes: int = 1 << 20) -> Artifacts:
    return Artifacts(repository.root, text_paths, text_bytes)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"text\n", id="text"),
        pytest.param(b"\xef\xbb\xbfa\r\nb\r\n", id="BOM and CRLF"),
        pytest.param(b"\xff\x00\xfe", id="no text"),
        pytest.param(b"0123456789abcdef" * 100_000, id="1.6 MB: several blocks"),
    ],
)
def test_a_hash_is_of_the_bytes_as_they_are(repository: Repository, content: bytes) -> None:
    repository.write("a.md", content)
    artifact = reader(repository, "a.md").read("a.md")
    assert artifact.is_file
    assert (artifact.sha256, artifact.size_bytes) == (sha256(content).hexdigest(), len(content))


def test_a_file_is_read_once_so_that_what_was_checked_is_what_was_hashed(repository: Repository) -> None:
    repository.write("a.md", "first")
    artifacts = reader(repository, "a.md")
    hashed = artifacts.read("a.md").sha256
    repository.write("a.md", "second")
    assert artifacts.text("a.md") == "first"
    assert artifacts.read("a.md").sha256 == hashed == sha256(b"first").hexdigest()


def test_what_was_missing_at_first_stays_missing(repository: Repository) -> None:
    artifacts = reader(repository)
    assert artifacts.read("a.md").is_missing
    repository.write("a.md", "late")
    assert artifacts.read("a.md").is_missing


def test_all_checks_of_a_gate_together_open_a_file_once(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("a.md", "text")
    opened: list[str] = []
    really_open = os.open

    def counting_open(path: str | Path, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        opened.append(Path(path).name)
        return really_open(path, flags, mode, dir_fd=dir_fd)

    monkeypatch.setattr(os, "open", counting_open)
    validations = [
        {"type": "not_contains", "target": "a.md", "pattern": "x"},
        {"type": "min_sources", "target": "a.md", "thresholds": {"default": 0}},
        {"type": "contains_headings", "target": "a.md", "required_headings": ["# A"]},
    ]
    assert len(evaluate_all(repository, required_outputs={"all_of": [{"path": "a.md"}]}, validations=validations)) == 4
    assert opened.count("a.md") == 1


def test_only_what_a_check_reads_as_text_is_kept(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write("a.md", "text")
    repository.write("b.md", "text")
    artifacts = reader(repository, "a.md")
    for path in ("a.md", "b.md"):
        artifacts.read(path)
    read = list[int]()
    while_reading(monkeypatch, lambda: read.append(1))
    assert [(artifacts.text(path), len(read)) for path in ("a.md", "b.md")] == [("text", 0), ("text", 1)]


def test_a_file_that_was_only_hashed_is_read_as_text_if_it_is_still_the_same(repository: Repository) -> None:
    path = repository.write("a.md", "text")
    repository.write("b.md", "text")
    artifacts = reader(repository)
    assert artifacts.read("a.md").is_file
    assert artifacts.read("b.md").is_file
    assert artifacts.text("a.md") == "text"
    (path.parent / "b.md").write_text("other")
    with pytest.raises(NotText, match="it was changed while the gate was judged"):
        artifacts.text("b.md")


def test_a_file_that_was_only_hashed_and_is_another_when_its_text_is_wanted_fails(repository: Repository) -> None:
    path = repository.write("a.md", "text")
    artifacts = reader(repository)
    assert artifacts.read("a.md").is_file
    repository.write("b.md", "other").replace(path)
    with pytest.raises(NotText, match="it was changed while the gate was judged"):
        artifacts.text("a.md")


def test_files_are_found_by_a_pattern_once(repository: Repository) -> None:
    repository.write("sub/a.md", "")
    artifacts = reader(repository)
    assert artifacts.find("**/*.md") == ["sub/a.md"]
    repository.write("sub/b.md", "")
    assert artifacts.find("**/*.md") == ["sub/a.md"]


def test_where_the_machine_is_out_of_means_to_look_for_files_there_is_no_verdict(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    artifacts = reader(repository)

    def fail(*arguments: object, **keywords: object) -> int:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr(os, "open", fail)
    with pytest.raises(NoVerdict, match="Too many open files"):
        artifacts.find("*.md")


def test_nothing_there_is_missing_also_below_a_file(repository: Repository) -> None:
    repository.write("a.md", "")
    for path in ("b.md", "no/such/folder.md", "a.md/below.md"):
        artifact = reader(repository).read(path)
        assert (artifact.kind, artifact.is_missing, artifact.found) == (PathKind.MISSING, True, "file is missing")


def test_a_symlink_to_nothing_is_missing(repository: Repository) -> None:
    (repository.root / "a.md").symlink_to("b.md")
    assert reader(repository).read("a.md").is_missing


def test_a_folder_is_neither_a_file_nor_missing(repository: Repository) -> None:
    (repository.root / "a.md").mkdir()
    artifact = reader(repository).read("a.md")
    assert (artifact.kind, artifact.is_file, artifact.is_missing) == (PathKind.DIRECTORY, False, False)


def test_a_fifo_is_a_special_file_and_nobody_waits_for_its_writer(repository: Repository) -> None:
    os.mkfifo(repository.root / "a.md")
    artifact = reader(repository, "a.md").read("a.md")
    assert (artifact.kind, artifact.found) == (PathKind.SPECIAL, "a special file")


def test_a_fifo_fails_its_checks(repository: Repository) -> None:
    os.mkfifo(repository.root / "a.md")
    validation = {"type": "not_contains", "target": "a.md", "pattern": "x", "missing_ok": True}
    rows = evaluate_all(repository, required_outputs={"all_of": [{"path": "a.md"}]}, validations=[validation])
    assert [tried.outcome.found for tried in rows] == ["a special file", "a special file"]
    assert not any(tried.holds for tried in rows)


def test_a_socket_is_a_special_file(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository.root)  # the path of a socket must be short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("a.sock")
        assert reader(repository).read("a.sock").kind is PathKind.SPECIAL


@pytest.mark.parametrize(
    ("link", "target"),
    [
        pytest.param("a.md", "../beside.md", id="a file"),
        pytest.param("a.md", "../nothing.md", id="nothing"),
        pytest.param("folder", "..", id="a folder on the way"),
    ],
)
def test_a_symlink_out_of_the_root_is_not_followed(repository: Repository, link: str, target: str) -> None:
    (repository.root.parent / "beside.md").write_text("secret")
    (repository.root / link).symlink_to(target)
    artifact = reader(repository, "a.md").read("a.md" if link == "a.md" else "folder/beside.md")
    assert (artifact.kind, artifact.sha256) == (PathKind.OUTSIDE, "")
    assert artifact.found == "a symlink that leads outside the root"


def test_a_symlink_inside_the_root_is_followed(repository: Repository) -> None:
    repository.write("b.md", "text")
    (repository.root / "a.md").symlink_to("b.md")
    assert reader(repository, "a.md").text("a.md") == "text"


def test_a_file_that_cannot_be_opened_says_why(repository: Repository) -> None:
    (repository.root / "a.md").symlink_to("a.md")
    artifact = reader(repository).read("a.md")
    assert (artifact.kind, artifact.is_file, artifact.is_missing) == (PathKind.UNREADABLE, False, False)
    assert artifact.found == "an unreadable file (Too many levels of symbolic links)"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_one_may_not_read_says_so(repository: Repository) -> None:
    repository.write("a.md", "text").chmod(0)
    assert reader(repository).read("a.md").found == "an unreadable file (Permission denied)"


@pytest.mark.parametrize("call", ["open", "readv"])
def test_a_file_whose_reading_fails_is_unreadable_and_not_missing(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    repository.write("a.md", "text")

    def fail(*arguments: object, **keywords: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, call, fail)
    artifact = reader(repository).read("a.md")
    monkeypatch.undo()
    assert (artifact.kind, artifact.found) == (PathKind.UNREADABLE, "an unreadable file (Permission denied)")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        pytest.param(b"\xef\xbb\xbfa", "a", id="a byte order mark is dropped"),
        pytest.param(b"\xef\xbb\xbf\xef\xbb\xbfa", "\ufeffa", id="one only"),
        pytest.param(b"a\xef\xbb\xbf", "a\ufeff", id="further down it stays"),
        pytest.param(b"a\r\nb\r\n", "a\nb\n", id="CRLF is LF"),
        pytest.param(b"a\rb\n", "a\rb\n", id="a lone CR stays"),
        pytest.param("\u4f60\U0001f600".encode(), "\u4f60\U0001f600", id="any script"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_text_is_utf8(repository: Repository, content: bytes, text: str) -> None:
    repository.write("a.md", content)
    assert reader(repository, "a.md").text("a.md") == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"ab\xffc", "bytes that are not UTF-8 (0xff at offset 2)", id="a stray byte"),
        pytest.param("a".encode("utf-16"), "bytes that are not UTF-8 (0xff at offset 0)", id="UTF-16"),
        pytest.param(b"TO\x00DO", "a NUL byte at offset 2, so it is not text", id="NUL"),
        pytest.param("a".encode("utf-16-le"), "a NUL byte at offset 1, so it is not text", id="UTF-16 unmarked"),
        pytest.param(b"caf\xe9", "bytes that are not UTF-8 (0xe9 at offset 3)", id="Latin-1"),
        pytest.param(b"\xed\xa0\x80", "bytes that are not UTF-8 (0xed at offset 0)", id="half a surrogate pair"),
    ],
)
def test_bytes_that_are_no_text_have_a_hash_all_the_same(repository: Repository, content: bytes, reason: str) -> None:
    repository.write("a.md", content)
    artifacts = reader(repository, "a.md")
    with pytest.raises(NotText) as refused:
        artifacts.text("a.md")
    assert str(refused.value) == reason
    assert artifacts.read("a.md").sha256 == sha256(content).hexdigest()


def test_the_offset_of_a_wrong_byte_counts_from_the_start_of_the_file(repository: Repository) -> None:
    repository.write("a.md", b"\xef\xbb\xbfab\xff")
    with pytest.raises(NotText, match="0xff at offset 5"):
        reader(repository, "a.md").text("a.md")


def test_a_file_of_just_the_limit_is_text_and_one_byte_more_is_not(repository: Repository) -> None:
    repository.write("a.md", "1234")
    repository.write("b.md", "12345")
    artifacts = reader(repository, "a.md", "b.md", text_bytes=4)
    assert artifacts.text("a.md") == "1234"
    with pytest.raises(NotText, match=r"^5 bytes, more than the limit of 4 \(limits\.text_bytes\)$"):
        artifacts.text("b.md")
    assert artifacts.read("b.md").sha256 == sha256(b"12345").hexdigest()


def test_the_limit_is_the_contracts_and_does_not_touch_file_exists(repository: Repository) -> None:
    repository.write("a.md", "12345")
    exists, contains = evaluate_all(
        repository,
        limits={"text_bytes": 4},
        required_outputs={"all_of": [{"path": "a.md"}]},
        validations=[{"type": "not_contains", "target": "a.md", "pattern": "x"}],
    )
    assert exists.holds
    assert not contains.holds
    assert contains.outcome.found == "5 bytes, more than the limit of 4 (limits.text_bytes)"


def test_what_is_no_file_is_no_text(repository: Repository) -> None:
    with pytest.raises(NotText, match=r"^file is missing$"):
        reader(repository, "a.md").text("a.md")


# Files that change while they are read


def while_reading(monkeypatch: pytest.MonkeyPatch, happen: Callable[[], object]) -> None:
    """Lets something happen after the first block of the next file has been read."""
    really_read = os.readv

    def read_and_let_happen(descriptor: int, into: list[memoryview]) -> int:
        count = really_read(descriptor, into)
        happen()
        return count

    monkeypatch.setattr(os, "readv", read_and_let_happen)


def append(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"more" * 100_000)


def rewrite(path: Path, content: bytes) -> None:
    """Writes other bytes at the begin of the file, which keeps its size, and puts its times back."""
    before = path.stat()
    with path.open("r+b") as file:
        file.write(content)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = path.stat()
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)


CHANGED, REMOVED = "it was changed while being read", "it was removed or replaced while being read"


@pytest.mark.parametrize(
    ("happen", "reason"),
    [
        pytest.param(append, CHANGED, id="it grows for ever"),
        pytest.param(lambda path: os.truncate(path, 1), CHANGED, id="it shrinks"),
        pytest.param(lambda path: os.utime(path, (1, 1)), CHANGED, id="it is touched"),
        pytest.param(lambda path: rewrite(path, CHANGED.encode()), CHANGED, id="its times are put back"),
        pytest.param(lambda path: path.unlink(missing_ok=True), REMOVED, id="it vanishes"),
        pytest.param(lambda path: (path.parent / "b.md").replace(path), REMOVED, id="it is replaced"),
    ],
)
def test_a_file_that_changes_while_it_is_read_is_unreadable(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, happen: Callable[[Path], object], reason: str
) -> None:
    path = repository.write("a.md", b"x" * 600_000)
    repository.write("b.md", "other")
    happened: list[object] = []

    def happen_once() -> None:
        assert len(happened) < 10, "it is read for ever"
        if not happened or happen is append:
            happened.append(happen(path))

    while_reading(monkeypatch, happen_once)
    artifacts = reader(repository, "a.md")
    artifact = artifacts.read("a.md")
    assert (artifact.kind, artifact.is_file) == (PathKind.UNREADABLE, False)
    with pytest.raises(NotText):
        artifacts.text("a.md")
    assert artifact.found == f"an unreadable file ({reason})"


def test_a_file_that_is_only_hashed_and_whose_times_are_put_back_is_unreadable_too(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = repository.write("a.md", "first")
    while_reading(monkeypatch, lambda: rewrite(path, b"other"))
    assert reader(repository).read("a.md").found == f"an unreadable file ({CHANGED})"


NEVER_BOTH = """
import os, sys, time
file = os.open(sys.argv[1], os.O_RDWR)
before = os.fstat(file)
first, last = 0, before.st_size - 1
while True:
    for letter, offset in ((b"1", first), (b"0", first), (b"1", last), (b"0", last)):
        os.pwrite(file, letter, offset)
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        time.sleep(0.001)
"""


def read_text(artifacts: Artifacts, path: str) -> str | None:
    """The text; None if it cannot be read."""
    try:
        return artifacts.text(path)
    except NotText:
        return None


@pytest.mark.slow
def test_a_content_that_the_file_never_had_is_not_read(repository: Repository) -> None:
    path = repository.write("a.md", b"0" * 4_000_000)
    with running(sys.executable, "-c", NEVER_BOTH, path, cwd=repository.root):
        wait_until(lambda: b"1" in path.read_bytes())
        texts = [read_text(reader(repository, "a.md", text_bytes=1 << 24), "a.md") for _ in range(100)]
    assert not any(text and text[0] == text[-1] == "1" for text in texts)
    assert reader(repository, "a.md").read("a.md").is_file


class Clock:
    """A clock for a test. All files were changed when it was made, and no later change is seen."""

    TICK_NS = 10_000_000

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_ns = self.changed_ns = time.time_ns()
        self._really_fstat = os.fstat
        monkeypatch.setattr(time, "time_ns", lambda: self.now_ns)
        monkeypatch.setattr(time, "sleep", self._sleep)
        monkeypatch.setattr(os, "fstat", self._fstat)

    def _sleep(self, seconds: float) -> None:
        self.now_ns += int(seconds * 1e9)

    def _fstat(self, descriptor: int) -> os.stat_result:
        status = self._really_fstat(descriptor)
        return os.stat_result(tuple(status), {**_fields(status), "st_ctime_ns": self.changed_ns})


def _fields(status: os.stat_result) -> dict[str, object]:
    """Those that are no part of the tuple."""
    in_tuple = ("mode", "ino", "dev", "nlink", "uid", "gid", "size")
    others = {*(name for name in dir(status) if name.startswith("st_"))} - {f"st_{name}" for name in in_tuple}
    return {name: getattr(status, name) for name in others}


def test_a_file_that_was_changed_just_now_is_read_in_the_next_tick(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A change in the same tick would not change its times."""
    repository.write("a.md", "first")
    clock, read_ns = Clock(monkeypatch), list[int]()
    while_reading(monkeypatch, lambda: read_ns.append(clock.now_ns))
    assert reader(repository, "a.md").text("a.md") == "first"
    assert read_ns[0] >= clock.changed_ns + clock.TICK_NS


def test_a_change_by_a_call_that_began_before_is_noticed(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that writes sets the times when it begins; what it writes later is not seen by them."""
    path = repository.write("a.md", "first")
    clock = Clock(monkeypatch)
    clock.now_ns += 1_000_000_000
    while_reading(monkeypatch, lambda: rewrite(path, b"other"))
    assert reader(repository, "a.md").read("a.md").found == f"an unreadable file ({CHANGED})"


def test_a_file_that_was_not_changed_just_now_is_read_at_once_and_once(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("a.md", "text")
    clock = Clock(monkeypatch)
    clock.now_ns = before = clock.changed_ns + 3_000_000_000
    monkeypatch.delattr(os, "pread")
    assert reader(repository, "a.md").text("a.md") == "text"
    assert clock.now_ns == before


def test_a_change_that_leaves_no_trace_is_noticed_by_the_hash_where_a_file_is_read_again(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that writes through a memory mapping need not change the times of the file."""
    path = repository.write("folder/a.md", "first")
    name = link_hard(repository.root)
    artifacts = reader(repository, name)
    Clock(monkeypatch)
    assert artifacts.read("folder/a.md").is_file
    rewrite(path, b"other")
    assert artifacts.read(name).found == "an unreadable file (it was changed while the gate was judged)"


# Several names of one file


def link_hard(root: Path) -> str:
    (root / "hard.md").hardlink_to(root / "folder/a.md")
    return "hard.md"


def link_soft(root: Path) -> str:
    (root / "soft.md").symlink_to("folder/a.md")
    return "soft.md"


def link_directory(root: Path) -> str:
    (root / "linked").symlink_to("folder")
    return "linked/a.md"


LINKS = [pytest.param(link, id=link.__name__) for link in (link_hard, link_soft, link_directory)]


@pytest.mark.parametrize("link", LINKS)
def test_a_file_is_read_once_under_all_its_names(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, link: Callable[[Path], str]
) -> None:
    repository.write("folder/a.md", "text")
    name, read = link(repository.root), list[int]()
    while_reading(monkeypatch, lambda: read.append(1))
    artifacts = reader(repository, "folder/a.md", name)
    assert artifacts.text("folder/a.md") == artifacts.text(name) == "text"
    assert artifacts.read(name) == artifacts.read("folder/a.md")._replace(path=name)
    assert len(read) == 1


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("texts", ["both", "second", "none"])
@pytest.mark.quick("*")
def test_a_file_that_is_changed_before_it_is_read_under_another_name_fails_there(
    repository: Repository, link: Callable[[Path], str], texts: str
) -> None:
    path = repository.write("folder/a.md", "first")
    name = link(repository.root)
    text_paths = {"both": ("folder/a.md", name), "second": (name,), "none": ()}[texts]
    artifacts = reader(repository, *text_paths)
    first = artifacts.read("folder/a.md")
    rewrite(path, b"other")
    assert artifacts.read(name).found == "an unreadable file (it was changed while the gate was judged)"
    assert artifacts.read("folder/a.md") == first


def test_a_file_that_was_only_hashed_is_read_again_for_the_text_of_another_name(repository: Repository) -> None:
    repository.write("folder/a.md", "text")
    name = link_hard(repository.root)
    artifacts = reader(repository, name)
    assert artifacts.read("folder/a.md").is_file
    assert artifacts.text(name) == artifacts.text("folder/a.md") == "text"


def test_a_file_whose_content_was_given_up_is_read_again_and_must_be_the_same(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gate_tests.files.kept_contents._MAX_KEPT_BYTES", 8)
    paths = {path: repository.write(path, path) for path in ("a.md", "b.md", "c.md")}
    artifacts = reader(repository, *paths)
    assert [artifacts.text(path) for path in paths] == [*paths]
    assert artifacts.text("a.md") == "a.md"
    rewrite(paths["b.md"], b"B.md")
    with pytest.raises(NotText, match="it was changed while the gate was judged"):
        artifacts.text("b.md")


def test_a_file_that_was_changed_and_whose_content_is_kept_is_judged_as_it_was_read(repository: Repository) -> None:
    path = repository.write("a.md", "first")
    artifacts = reader(repository, "a.md")
    sha256_of_first = artifacts.read("a.md").sha256
    rewrite(path, b"other")
    assert artifacts.text("a.md") == "first"
    assert artifacts.read("a.md").sha256 == sha256_of_first == sha256(b"first").hexdigest()


@pytest.mark.slow
def test_a_judgement_that_takes_too_much_memory_is_no_text_and_the_next_is_made(repository: Repository) -> None:
    def run_out_of_memory(text: str) -> int:
        raise MemoryError

    repository.write("a.md", "text")
    artifacts = reader(repository, "a.md")
    with pytest.raises(NotText, match=r"^4 bytes, for which the check needs more than 448 MiB of memory$") as refused:
        artifacts.judge_text("a.md", run_out_of_memory)
    assert refused.value.__context__ is None  # else it would keep what took the memory
    assert artifacts.judge_text("a.md", len) == 4


@pytest.mark.slow
def test_memory_that_checks_before_have_left_is_made_free_and_the_text_judged_again(repository: Repository) -> None:
    class Left:
        def __init__(self) -> None:
            self.itself = self

    def need_what_is_left(text: str) -> int:
        if any(left() for left in all_left):
            raise MemoryError
        return len(text)

    repository.write("a.md", "text")
    artifacts = reader(repository, "a.md")
    artifacts.read("a.md")
    gc.disable()
    try:
        all_left = [weakref.ref(Left()) for _ in range(100_000)]
        assert artifacts.judge_text("a.md", need_what_is_left) == 4
    finally:
        gc.enable()


def test_files_of_equal_content_are_each_read(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    repository.write("a.md", "text")
    repository.write("b.md", "text")
    read = list[int]()
    while_reading(monkeypatch, lambda: read.append(1))
    artifacts = reader(repository)
    assert artifacts.read("a.md").sha256 == artifacts.read("b.md").sha256
    assert len(read) == 2


def test_a_file_that_is_first_read_as_text_is_read_once(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("a.md", "text")
    read = list[int]()
    while_reading(monkeypatch, lambda: read.append(1))
    assert reader(repository).text("a.md") == "text"
    assert len(read) == 1


def test_a_file_that_another_process_has_read_is_known_under_its_other_names(repository: Repository) -> None:
    path = repository.write("folder/a.md", "first")
    name = link_hard(repository.root)
    artifacts = reader(repository)
    artifacts.adopt([reader(repository).read("folder/a.md")])
    rewrite(path, b"other")
    assert artifacts.read(name).kind is PathKind.UNREADABLE


# Names


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        pytest.param("research/citations.md", "research/CITATIONS.md", id="letter case"),
        pytest.param("Research/CITATIONS.md", "research/CITATIONS.md", id="letter case of a directory"),
        pytest.param("caf\u00e9.md", "cafe\u0301.md", id="composed and decomposed"),
        pytest.param("\uff21.md", "A.md", id="full width"),
    ],
)
def test_a_name_that_only_looks_the_same_is_another_and_is_named(
    repository: Repository, there: str, wanted: str
) -> None:
    repository.write(there, "text")
    artifact = reader(repository).read(wanted)
    assert artifact.is_missing
    alike = next(name for name, other in zip(there.split("/"), wanted.split("/"), strict=True) if name != other)
    assert artifact.found == f"file is missing (similar name: {alike!r})"


def test_on_a_file_system_without_letter_case_a_name_in_another_case_is_missing_too(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository.write("research/citations.md", "text")
    really_open, really_samefile = os.open, os.path.samefile

    def lax_open(path: str | Path, flags: int, mode: int = 0o777, *, dir_fd: int | None = None) -> int:
        return really_open(str(path).replace("CITATIONS", "citations"), flags, mode, dir_fd=dir_fd)

    def lax_samefile(one: Path, other: Path) -> bool:
        return really_samefile(one, other.with_name(other.name.lower()))

    monkeypatch.setattr(os, "open", lax_open)
    monkeypatch.setattr(os.path, "samefile", lax_samefile)
    other, same = reader(repository).read("research/CITATIONS.md"), reader(repository).read("research/citations.md")
    assert (other.is_missing, same.is_file) == (True, True)
    assert other.found == "file is missing (similar name: 'citations.md')"


@pytest.mark.parametrize("name", [b"a\nClient.tsx", b"a\x1b[2JClient.tsx", b"a\xffClient.tsx"])
def test_a_client_component_whose_name_no_record_can_hold_fails_its_checks(repository: Repository, name: bytes) -> None:
    folder = repository.write(f"{ARTIFACTS}/b.md", "").parent
    (Path(os.fsdecode(os.fsencode(folder) + b"/" + name))).write_text("text")
    validation = {"type": "not_contains", "target": "{client_component}", "pattern": "x", "missing_ok": True}
    exists, contains = evaluate_all(
        repository, required_outputs={"all_of": [{"path": "{client_component}"}]}, validations=[validation]
    )
    for tried in (exists, contains):
        assert not tried.holds
        assert tried.outcome.found == "an unreadable file (its name has control characters or is not UTF-8)"
        assert tried.row["resolved_path"].isprintable()
        assert tried.row["reason"].encode().isascii()
