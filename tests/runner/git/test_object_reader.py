"""Objects are read as git has them, many at a time, and each is the one that its id names."""

import hashlib
import os
import resource
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from gate_tests.errors import Refused
from runner.git.object_pipe import CorruptObject, MissingObject
from runner.git.object_reader import ObjectReader
from runner.git.repository import GitTimedOut, GitUnavailable
from runner.git.tree import read_index
from runner.git.verification import open_for_verification
from tests.support.git_checkout import commit, git, make_checkout

MIB = 1 << 20


@pytest.fixture
def ids(checkout: Path) -> list[str]:
    """The ids of files of the checkout: `one`, an empty one, one larger than a pipe holds."""
    (checkout / "b.md").touch()
    (checkout / "c.bin").write_bytes(os.urandom(3 * MIB))
    git(checkout, "add", "-A")
    return [git(checkout, "rev-parse", f":{name}") for name in ("a.md", "b.md", "c.bin")]


def object_file(root: Path, object_id: str) -> Path:
    path = root / f".git/objects/{object_id[:2]}/{object_id[2:]}"
    path.chmod(0o644)
    return path


def test_an_object_is_read_measured_and_hashed(checkout: Path, ids: list[str]) -> None:
    contents = [(checkout / name).read_bytes() for name in ("a.md", "b.md", "c.bin")]
    digests = [(hashlib.sha256(content).hexdigest(), len(content)) for content in contents]
    with open_for_verification(checkout) as repository, ObjectReader(repository) as reader:
        assert [*map(reader.read, ids)] == [*reader.read_all(ids)] == contents
        assert [*map(reader.hash, ids)] == [*reader.hash_all(ids)] == digests
        assert [*map(reader.size, ids)] == [*reader.list_sizes(ids)] == [*map(len, contents)]


@pytest.mark.slow
def test_many_requests_do_not_wait_for_each_other(checkout: Path, ids: list[str]) -> None:
    with open_for_verification(checkout) as repository, ObjectReader(repository) as reader:
        assert sum(1 for _ in reader.hash_all(ids[:2] * 5000)) == 10_000


def test_an_iteration_that_is_left_does_not_disturb_the_next(checkout: Path, ids: list[str]) -> None:
    with open_for_verification(checkout) as repository, ObjectReader(repository) as reader:
        for each in reader.stream(reversed(ids)):
            assert next(each.blocks)
            break
        outer = reader.read_all(ids)
        assert [reader.read(ids[0]), next(outer), reader.read(ids[1]), next(outer)] == [b"one\n", b"one\n", b"", b""]


def test_an_object_larger_than_allowed_is_refused_and_the_next_is_read(checkout: Path, ids: list[str]) -> None:
    with open_for_verification(checkout) as repository, ObjectReader(repository) as reader:
        with pytest.raises(GitUnavailable, match=f"^object {ids[2]} is larger than 2 MiB$"):
            reader.read(ids[2], 2 * MIB)
        assert reader.read(ids[0]) == b"one\n"


def remove(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    path.write_bytes(b"")


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:10])


def garble(path: Path) -> None:
    path.write_bytes(b"garbage")


def forge(path: Path) -> None:
    path.write_bytes(zlib.compress(b"blob 4\0two\n"))


@pytest.mark.parametrize(
    ("harm", "error"),
    [
        (forge, CorruptObject),
        (remove, MissingObject),
        (empty, CorruptObject),
        (truncate, CorruptObject),
        (garble, CorruptObject),
    ],
)
def test_an_object_that_is_not_what_its_id_says_is_an_error(
    checkout: Path, ids: list[str], harm: Callable[[Path], None], error: type[GitUnavailable]
) -> None:
    harm(object_file(checkout, ids[0]))
    with open_for_verification(checkout) as repository, ObjectReader(repository) as reader:
        for _ in range(2):
            with pytest.raises(error, match=rf"^object {ids[0]} is (missing from the repository|corrupted)$"):
                reader.read(ids[0])
        assert reader.read(ids[1]) == b""


def test_a_corrupted_object_is_one_line_and_what_finds_more(checkout: Path, ids: list[str]) -> None:
    forge(object_file(checkout, ids[0]))
    with (
        pytest.raises(Refused, match=f"object {ids[0]} is corrupted") as refused,
        open_for_verification(checkout) as repository,
        ObjectReader(repository) as reader,
    ):
        reader.read(ids[0])
    assert refused.value.next_command == "git fsck"


def test_what_a_partial_clone_lacks_is_not_fetched_but_how_to_is_said(checkout: Path, tmp_path: Path) -> None:
    commit(checkout)
    git(checkout, "config", "uploadpack.allowFilter", "true")
    git(tmp_path, "clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{checkout}", "clone")
    clone = tmp_path / "clone"
    object_id = git(checkout, "rev-parse", ":a.md")
    with (
        pytest.raises(Refused, match=f"^object {object_id} is missing from the repository$") as refused,
        open_for_verification(clone) as repository,
        ObjectReader(repository) as reader,
    ):
        reader.read(object_id)
    assert refused.value.next_command is not None
    git(clone, *refused.value.next_command.split()[1:])
    with open_for_verification(clone) as repository, ObjectReader(repository) as reader:
        assert reader.read(object_id) == b"one\n"


def test_a_replaced_object_is_read_as_it_is(checkout: Path, ids: list[str]) -> None:
    git(checkout, "replace", ids[0], ids[1])
    with open_for_verification(checkout) as repository, ObjectReader(repository) as reader:
        assert reader.read(ids[0]) == b"one\n"


def test_no_line_end_is_converted_and_no_filter_run(checkout: Path) -> None:
    (checkout / ".gitattributes").write_text("*.txt text eol=crlf\n*.md filter=x\n")
    (checkout / "d.txt").write_bytes(b"1\r\n2\r\n")
    git(checkout, "add", "d.txt")
    git(checkout, "config", "filter.x.clean", "touch ran")
    git(checkout, "config", "filter.x.smudge", "touch ran")
    with open_for_verification(checkout) as repository, ObjectReader(repository) as reader:
        entries = read_index(repository).entries
        assert reader.read(entries["d.txt"].object_id) == b"1\n2\n"
        assert reader.read(entries["a.md"].object_id) == b"one\n"
    assert not (checkout / "ran").exists()


def test_what_is_no_id_never_gets_to_git(checkout: Path) -> None:
    with open_for_verification(checkout) as repository, ObjectReader(repository) as reader:
        for name in ("HEAD", "", f"{'0' * 40}\n{'0' * 40}", "A" * 40):
            with pytest.raises(GitUnavailable, match=r"^not an object id"):
                reader.read(name)


@pytest.mark.slow
def test_a_git_that_says_nothing_is_given_up(checkout: Path, ids: list[str]) -> None:
    path = object_file(checkout, ids[0])
    path.unlink()
    os.mkfifo(path)  # git waits for somebody to write into it
    with (
        open_for_verification(checkout) as repository,
        ObjectReader(repository, silence_s=0.2) as reader,
        pytest.raises(GitTimedOut, match=r"^timed out after 0\.2 s$"),
    ):
        reader.read(ids[0])


def test_reading_writes_nothing_into_the_repository(checkout: Path, ids: list[str]) -> None:
    before = _list_files(checkout)
    with open_for_verification(checkout) as repository, ObjectReader(repository) as reader:
        assert len([*reader.hash_all(ids)]) == 3
        read_index(repository)
    assert _list_files(checkout) == before


def _list_files(root: Path) -> dict[str, tuple[int, int]]:
    return {str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in root.rglob("*")}


def test_a_sha256_repository_is_hashed(tmp_path: Path) -> None:
    root = make_checkout(tmp_path / "repo", "--object-format=sha256")
    with open_for_verification(root) as repository, ObjectReader(repository) as reader:
        assert reader.hash(git(root, "rev-parse", ":a.md")) == (hashlib.sha256(b"one\n").hexdigest(), 4)


@pytest.mark.slow
def test_a_large_file_is_hashed_in_constant_memory(checkout: Path) -> None:
    path = checkout / "large.bin"
    with path.open("wb") as file:
        file.truncate(600 * MIB)
    git(checkout, "-c", "core.compression=0", "add", "large.bin")
    object_id = git(checkout, "rev-parse", ":large.bin")
    before_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open_for_verification(checkout) as repository, ObjectReader(repository) as reader:
        assert reader.hash(object_id)[1] == 600 * MIB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kib < 50 << 10
