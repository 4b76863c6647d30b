from collections.abc import Callable

import pytest

from gate_tests.files.artifacts import Artifact, Kind
from gate_tests.pytest_session.xdist.seen_files import Sightings, told
from tests.support.messages import message

A, B = "a" * 64, "b" * 64


def file(path: str, sha256: str = A) -> Artifact:
    return Artifact(path, Kind.FILE, sha256, 7, b"content", "detail")


def by_path(*artifacts: Artifact) -> dict[str, Artifact]:
    return {artifact.path: artifact for artifact in artifacts}


@pytest.fixture
def sightings() -> Sightings:
    """What nobody has told anything of."""
    return Sightings()


def test_what_a_worker_saw_arrives_without_the_content(sightings: Sightings) -> None:
    assert sightings.add(told([by_path(file("x.md"), Artifact("y.md", Kind.MISSING, detail="but Y.md"))])) == []
    assert sightings.artifacts() == [Artifact("x.md", Kind.FILE, A, 7), Artifact("y.md", Kind.MISSING)]


def test_what_several_workers_saw_is_one(sightings: Sightings) -> None:
    assert sightings.add(told([by_path(file("x.md"))])) == []
    assert sightings.add(told([by_path(file("x.md"), file("y.md", B))])) == []
    assert [each.path for each in sightings.artifacts()] == ["x.md", "y.md"]


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (file("x.md", B), "a file of hash bbbbbbbbbbbb"),
        (Artifact("x.md", Kind.MISSING), "nothing there"),
    ],
    ids=["another hash", "no file"],
)
@pytest.mark.parametrize("tell", [lambda a, b: (told([a]), told([b])), lambda a, b: (told([a, b]),)])
def test_what_was_not_the_same_for_all_is_told(
    sightings: Sightings, other: Artifact, words: str, tell: Callable[..., tuple[str, ...]]
) -> None:
    contradictions = [each for text in tell(by_path(file("x.md")), by_path(other)) for each in sightings.add(text)]
    assert contradictions == [message("other-content", path="x.md", one="a file of hash aaaaaaaaaaaa", other=words)]
