"""The files whose hashes an attempt recorded: its outputs, and what its checks read besides their targets."""

from collections.abc import Iterator
from typing import NamedTuple

from runner.models.attempt import Attempt, Json


class RecordedFile(NamedTuple):
    """A file as it was when the attempt was judged. `size_bytes`: None of a file that a check read."""

    path: str
    sha256: str
    size_bytes: int | None = None


def list_recorded_files(attempt: Attempt) -> Iterator[RecordedFile]:
    """Each file once, outputs first. Those of which the original runner recorded no size or path are left out."""
    seen = set()
    for artifact in attempt.artifacts:
        seen.add(artifact.resolved_path)
        if artifact.size_bytes is not None:
            yield RecordedFile(artifact.resolved_path, artifact.sha256, artifact.size_bytes)
    for file in _list_read_files(attempt):
        if file.path not in seen:
            seen.add(file.path)
            yield file


def _list_read_files(attempt: Attempt) -> Iterator[RecordedFile]:
    """From the rows as they were read: to parse thousands of results, few of which read a file, takes long."""
    for row in _list_rows(attempt):
        read = row.get("read")
        for file in read if isinstance(read, list) else ():
            path, sha256 = (file.get("path"), file.get("sha256")) if isinstance(file, dict) else (None, None)
            if isinstance(path, str) and isinstance(sha256, str):
                yield RecordedFile(path, sha256)


def _list_rows(attempt: Attempt) -> list[Json]:
    if attempt.finished_json is not None:
        return [row for row in attempt.finished_json["validations"] if "read" in row]
    return [row for row in (result.to_json() for result in attempt.validations) if "read" in row]
