"""Which files a process read, and with which hash: what the workers of pytest-xdist report of the files they read."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from gate_tests.files.artifacts import Artifact, PathKind
from gate_tests.pytest_session.evaluation import Evaluation

SEEN_FILES_KEY: Final = "orch_seen"
"""The key of a worker's output that holds the files it read."""


class SeenFile(NamedTuple):
    """The state of a path when it was read; `sha256` and `size_bytes` are a file's."""

    kind: PathKind
    sha256: str
    size_bytes: int

    @classmethod
    def from_artifact(cls, artifact: Artifact) -> "SeenFile":
        """The state that was read, without the content."""
        return cls(artifact.kind, artifact.sha256, artifact.size_bytes)

    def __str__(self) -> str:
        """In words."""
        return f"{self.kind.value} of hash {self.sha256[:12]}" if self.sha256 else self.kind.value

    def to_artifact(self, path: str) -> Artifact:
        """An artifact without content."""
        return Artifact(path, self.kind, self.sha256, self.size_bytes)

    def to_json(self) -> list[str | int]:
        """`[kind, sha256, size_bytes]`."""
        return [self.kind.name, self.sha256, self.size_bytes]

    @classmethod
    def from_json(cls, data: list[str | int]) -> "SeenFile":
        """The state that `to_json` wrote."""
        kind, sha256, size_bytes = data
        return cls(PathKind[str(kind)], str(sha256), int(size_bytes))


def encode_artifacts(seen: Iterable[Mapping[str, Artifact]]) -> str:
    """What each reader has read, as JSON for `SeenFiles.add`: `[{path: [kind, sha256, size_bytes]}]`."""
    return json.dumps([
        {path: SeenFile.from_artifact(artifact).to_json() for path, artifact in reader.items()} for reader in seen
    ])  # fmt: skip


class SeenFilesReporter:
    """The plugin of a worker that sends what its evaluation has read."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    def pytest_sessionfinish(self, session: Any) -> None:
        """Sends it with the last message: nothing is read after that."""
        session.config.workeroutput[SEEN_FILES_KEY] = encode_artifacts(self._evaluation.seen_artifacts())


class SeenFiles:
    """The files that all workers read, by path. A file that was not the same for all makes a verdict impossible."""

    def __init__(self) -> None:
        self._files: dict[str, SeenFile] = {}

    def add(self, text: str) -> list[str]:
        """Adds what a worker has sent. Returns in words what contradicts the files that were added before."""
        added = [(path, SeenFile.from_json(data)) for reader in json.loads(text) for path, data in reader.items()]
        return [
            f"{path} was not the same for every check: {first} for one, {seen} for another"
            for path, seen in added
            if (first := self._files.setdefault(path, seen)) != seen
        ]

    def artifacts(self) -> list[Artifact]:
        """The files as artifacts without content."""
        return [seen.to_artifact(path) for path, seen in self._files.items()]
