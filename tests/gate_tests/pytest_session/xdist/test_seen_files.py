from collections.abc import Callable

import pytest

from gate_tests.files.artifacts import Artifact, PathKind
from gate_tests.pytest_session.xdist.seen_files import SeenFiles, encode_artifacts
from tests.support.messages import message

A, B = "a" * 64, "b" * 64


def file(path: str, sha256: str = A) -> Artifact:
    return Artifact(path, PathKind.FILE, sha256, 7, b"content", "detail")


def by_path(*artifacts: Artifact) -> dict[str, Artifact]:
    return {artifact.path: artifact for artifact in artifacts}


@pytest.fixture
def seen_files() -> SeenFiles:
    """Of no worker yet."""
    return SeenFiles()


def test_what_a_worker_saw_arrives_without_the_content(seen_files: SeenFiles) -> None:
    seen = by_path(file("x.md"), Artifact("y.md", PathKind.MISSING, detail="but Y.md"))
    assert seen_files.add(encode_artifacts([seen])) == []
    assert seen_files.artifacts() == [Artifact("x.md", PathKind.FILE, A, 7), Artifact("y.md", PathKind.MISSING)]


def test_what_several_workers_saw_is_one(seen_files: SeenFiles) -> None:
    assert seen_files.add(encode_artifacts([by_path(file("x.md"))])) == []
    assert seen_files.add(encode_artifacts([by_path(file("x.md"), file("y.md", B))])) == []
    assert [each.path for each in seen_files.artifacts()] == ["x.md", "y.md"]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (file("x.md", B), "a file of hash bbbbbbbbbbbb"),
        (Artifact("x.md", PathKind.MISSING), "nothing there"),
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
