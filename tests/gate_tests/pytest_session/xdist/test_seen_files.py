from collections.abc import Callable

import pytest

from gate_tests.files.artifacts import Artifact, PathKind
from gate_tests.files.glob import FoundFiles
from gate_tests.pytest_session.xdist.seen_files import SeenFiles, encode_artifacts
from tests.support.messages import message

A, B = "a" * 64, "b" * 64


def file(path: str, sha256: str = A) -> Artifact:
    return Artifact(path, PathKind.FILE, sha256, 7, "detail")


def by_path(*artifacts: Artifact) -> dict[str, Artifact]:
    return {artifact.path: artifact for artifact in artifacts}


@pytest.fixture
def seen_files() -> SeenFiles:
    """Of no worker yet."""
    return SeenFiles()


def test_what_a_worker_saw_arrives(seen_files: SeenFiles) -> None:
    seen = by_path(file("x.md"), Artifact("y.md", PathKind.MISSING, detail="but Y.md"))
    assert seen_files.add(encode_artifacts([seen])) == []
    assert seen_files.artifacts() == [Artifact("x.md", PathKind.FILE, A, 7), Artifact("y.md", PathKind.MISSING)]


def test_what_several_workers_saw_is_one(seen_files: SeenFiles) -> None:
    assert seen_files.add(encode_artifacts([by_path(file("x.md"))])) == []
    assert seen_files.add(encode_artifacts([by_path(file("x.md"), file("y.md", B))])) == []
    assert [each.path for each in seen_files.artifacts()] == ["x.md", "y.md"]


def test_what_matched_a_glob_is_what_the_first_worker_found(seen_files: SeenFiles) -> None:
    for paths in (["a.md", "b\udcff.md"], ["a.md"]):
        seen_files.add(encode_artifacts([by_path(file("a.md"))], [{"*.md": FoundFiles(paths, len(paths))}]))
    assert seen_files.matches == {"*.md": (["a.md", "b\udcff.md"], 2)}


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (file("x.md", B), "a file of hash bbbbbbbbbbbb"),
        (Artifact("x.md", PathKind.MISSING), "file is missing"),
    ],
    ids=["another hash", "no file"],
)
@pytest.mark.parametrize(
    "encode",
    [lambda a, b: (encode_artifacts([a]), encode_artifacts([b])), lambda a, b: (encode_artifacts([a, b]),)],
)
def test_what_was_not_the_same_for_all_is_told(
    seen_files: SeenFiles, other: Artifact, words: str, encode: Callable[..., tuple[str, ...]]
) -> None:
    contradictions = [each for text in encode(by_path(file("x.md")), by_path(other)) for each in seen_files.add(text)]
    assert contradictions == [message("other-content", path="x.md", one="a file of hash aaaaaaaaaaaa", other=words)]


def linked(path: str, sha256: str = A, *, inode: int = 5, ctime_ns: int = 1) -> Artifact:
    return file(path, sha256)._replace(state=(1, inode, 7, 1, ctime_ns))


def add_both(seen_files: SeenFiles, one: Artifact, other: Artifact, *, hosts: tuple[str, str] = ("", "")) -> list[str]:
    texts = [encode_artifacts([by_path(each)]) for each in (one, other)]
    return [each for text, host in zip(texts, hosts, strict=True) for each in seen_files.add(text, host)]


def test_a_file_that_was_not_the_same_under_two_names_is_told(seen_files: SeenFiles) -> None:
    (contradiction,) = add_both(seen_files, linked("x.md"), linked("y.md", B))
    names = "y.md, a link to the same file as x.md,"
    one, other = "a file of hash aaaaaaaaaaaa", "a file of hash bbbbbbbbbbbb"
    assert contradiction == message("other-content", path=names, one=one, other=other)


@pytest.mark.parametrize(
    ("other", "hosts"),
    [
        pytest.param(linked("y.md", ctime_ns=2), ("", ""), id="the same content, linked meanwhile"),
        pytest.param(linked("y.md", B, inode=6), ("", ""), id="another file"),
        pytest.param(linked("y.md", B), ("", "host0"), id="on another host, whose inodes are other files"),
        pytest.param(linked("y.md", B), ("host0", "host1"), id="on two other hosts"),
        pytest.param(linked("x.md", inode=6), ("", "host0"), id="the same path on another host"),
    ],
)
def test_what_is_no_contradiction(seen_files: SeenFiles, other: Artifact, hosts: tuple[str, str]) -> None:
    assert add_both(seen_files, linked("x.md"), other, hosts=hosts) == []


def test_only_what_was_read_on_this_host_is_known_by_its_inode(seen_files: SeenFiles) -> None:
    add_both(seen_files, linked("x.md"), linked("y.md", inode=6), hosts=("", "host0"))
    assert [each.state for each in seen_files.artifacts()] == [linked("x.md").state, None]
