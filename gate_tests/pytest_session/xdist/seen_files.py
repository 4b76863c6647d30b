"""Which files a process read, and with which hash: what the workers of pytest-xdist report of the files they read."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gate_tests.files.artifacts import Artifact, PathKind
from gate_tests.files.file_state import FileState
from gate_tests.files.glob import FoundFiles
from gate_tests.pytest_session.evaluation import Evaluation

if TYPE_CHECKING:
    import execnet

SEEN_FILES_KEY: Final = "orch_seen"
"""The key of a worker's output that contains the files it read."""


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


def encode_artifacts(seen: Iterable[Mapping[str, Artifact]], matches: Iterable[Mapping[str, FoundFiles]] = ()) -> str:
    """What each reader has read, and what matched its globs, as JSON for `SeenFiles.add`:
    `{"files": [{path: [kind, sha256, size_bytes, state]}], "globs": [{pattern: [paths, file_count]}]}`.
    """
    files = [
        {path: (each.kind.name, each.sha256, each.size_bytes, each.state) for path, each in reader.items()}
        for reader in seen
    ]
    return json.dumps({"files": files, "globs": list(matches)})


NOTHING_SEEN: Final = encode_artifacts(())
"""Of a worker that has sent nothing."""


def _decode_artifacts(readers: list[dict[str, Any]]) -> Iterator[Artifact]:
    """The artifacts of all readers, without content."""
    for reader in readers:
        for path, (kind, sha256, size_bytes, state) in reader.items():
            yield Artifact(path, PathKind[kind], sha256, size_bytes, state=tuple(state) if state else None)


def find_host(gateway: "execnet.Gateway") -> str:
    """The host of a worker, as its spec names it; empty for this one."""
    spec = gateway.spec
    return str(spec.via or spec.ssh or spec.vagrant_ssh or spec.socket or "")


class SeenFilesReporter:
    """The plugin of a worker that sends what its evaluation has read."""

    def __init__(self, evaluation: Evaluation) -> None:
        self._evaluation = evaluation

    def pytest_sessionfinish(self, session: Any) -> None:
        """Sends it with the last message: nothing is read after that."""
        readers = self._evaluation.readers
        seen = encode_artifacts((reader.seen for reader in readers), (reader.matches for reader in readers))
        session.config.workeroutput[SEEN_FILES_KEY] = seen


class SeenFiles:
    """The files that all workers read. A file that was not the same for all makes a verdict impossible.

    A file is compared at its path, and under its other names. Those are known by device and inode, on one host only.
    """

    def __init__(self) -> None:
        self._by_path: dict[str, Artifact] = {}
        self._by_file: dict[tuple[str, FileState], Artifact] = {}
        self.matches: dict[str, FoundFiles] = {}
        """What matched each glob, as the first worker found it. Checks with one glob run in one worker."""

    def add(self, text: str, host: str = "") -> list[str]:
        """Adds what a worker on `host` has sent. Returns in words what contradicts the files that were added before."""
        data = json.loads(text)
        for pattern, found in (each for reader in data["globs"] for each in reader.items()):
            self.matches.setdefault(pattern, FoundFiles(*found))
        added = ((artifact, self._find_first(artifact, host)) for artifact in _decode_artifacts(data["files"]))
        return [_describe_contradiction(first, seen) for seen, first in added if not _is_same(first, seen)]

    def artifacts(self) -> list[Artifact]:
        """The files as artifacts without content."""
        return list(self._by_path.values())

    def _find_first(self, artifact: Artifact, host: str) -> Artifact:
        """The artifact that was added first at the same path, or if that is the same, of the same file."""
        first = self._by_path.setdefault(artifact.path, artifact._replace(state=None) if host else artifact)
        if artifact.state is None or not _is_same(first, artifact):
            return first
        return self._by_file.setdefault((host, artifact.state[:2]), artifact)


def _is_same(one: Artifact, other: Artifact) -> bool:
    return SeenFile.from_artifact(one) == SeenFile.from_artifact(other)


def _describe_contradiction(first: Artifact, seen: Artifact) -> str:
    names = seen.path if first.path == seen.path else f"{seen.path}, a link to the same file as {first.path},"
    one, other = SeenFile.from_artifact(first), SeenFile.from_artifact(seen)
    return f"{names} changed between checks: {one} for one, {other} for another"
