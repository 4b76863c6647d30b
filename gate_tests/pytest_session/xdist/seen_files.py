"""Which files somebody saw, and with which hash: what workers tell each other of the files they read."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from gate_tests.files.artifacts import Artifact, PathKind
from gate_tests.pytest_session.evaluation import Evaluation

SEEN = "orch_seen"
"""Under this key of its output a worker of pytest-xdist tells what it has read."""


class Sighting(NamedTuple):
    """What stood at a path when it was read; `sha256` and `size_bytes` are a file's."""

    kind: PathKind
    sha256: str
    size_bytes: int

    @classmethod
    def of(cls, artifact: Artifact) -> "Sighting":
        """What was found."""
        return cls(artifact.kind, artifact.sha256, artifact.size_bytes)

    def __str__(self) -> str:
        """In words."""
        return f"{self.kind.value} of hash {self.sha256[:12]}" if self.sha256 else self.kind.value

    def artifact(self, path: str) -> Artifact:
        """The same as an artifact whose bytes are elsewhere."""
        return Artifact(path, self.kind, self.sha256, self.size_bytes)

    def to_json(self) -> list[str | int]:
        """`[kind, sha256, size_bytes]`."""
        return [self.kind.name, self.sha256, self.size_bytes]

    @classmethod
    def from_json(cls, data: list[str | int]) -> "Sighting":
        """The same, read."""
        kind, sha256, size_bytes = data
        return cls(PathKind[str(kind)], str(sha256), int(size_bytes))


def told(seen: Iterable[Mapping[str, Artifact]]) -> str:
    """What was read, once or by several readers, as text for another process."""
    return json.dumps([{path: Sighting.of(each).to_json() for path, each in reader.items()} for reader in seen])


class Teller:
    """The hook of a worker which tells what its judgement has read."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    def pytest_sessionfinish(self, session: Any) -> None:
        """In its last message: then nothing more is read."""
        session.config.workeroutput[SEEN] = told(self._evaluation.seen())


class Sightings:
    """What all workers saw, by path. A file that was seen in two ways makes a verdict impossible."""

    def __init__(self) -> None:
        self._seen: dict[str, Sighting] = {}

    def add(self, text: str) -> list[str]:
        """Takes what a worker has told. Gives, in words, what contradicts what was told before."""
        added = [(path, Sighting.from_json(data)) for reader in json.loads(text) for path, data in reader.items()]
        return [
            f"{path} was not the same for every check: {first} for one, {sighting} for another"
            for path, sighting in added
            if (first := self._seen.setdefault(path, sighting)) != sighting
        ]

    def artifacts(self) -> list[Artifact]:
        """The same as artifacts, of which nothing but this is known."""
        return [sighting.artifact(path) for path, sighting in self._seen.items()]
