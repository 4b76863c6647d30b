"""The files whose hashes an attempt recorded: its outputs, and what its checks read besides their targets."""

from collections.abc import Container, Iterator
from typing import NamedTuple

from runner.models.attempt import Attempt, Json
from runner.models.gate import Gate
from runner.models.run import Run
from runner.models.status import GateStatus


class RecordedFile(NamedTuple):
    """A file as it was when the attempt was judged. `size_bytes` is None where the record has none.

    `read_by` is the id of the check that read it; None for an output.
    """

    path: str
    sha256: str
    size_bytes: int | None = None
    read_by: str | None = None


def list_passed_attempts(run: Run) -> Iterator[tuple[Gate, Attempt]]:
    """Each attempt that passed, with its gate, also those that were followed by another."""
    for gate in run.gates:
        yield from ((gate, attempt) for attempt in gate.attempts if attempt.status is GateStatus.PASS)


def list_recorded_files(attempt: Attempt) -> Iterator[RecordedFile]:
    """Each file once, outputs first. Outputs of which the original runner recorded no size or path are left out."""
    yield from list_outputs(attempt)
    yield from list_read_files(attempt, {path for path, _ in attempt.artifact_hashes})


def list_outputs(attempt: Attempt) -> Iterator[RecordedFile]:
    """The outputs. Only their bytes, of an attempt that passed later, supersede a file."""
    for artifact in attempt.artifacts:
        if artifact.size_bytes is not None:
            yield RecordedFile(artifact.resolved_path, artifact.sha256, artifact.size_bytes)


def find_later_outputs(run: Run, attempt: Attempt) -> dict[str, list[RecordedFile]]:
    """By path, the outputs of the other attempts of the run that passed, and did not end before this one."""
    later: dict[str, list[RecordedFile]] = {}
    for _, other in list_passed_attempts(run):
        if other is not attempt and (other.finished_at or "") >= (attempt.finished_at or ""):
            for file in list_outputs(other):
                later.setdefault(file.path, []).append(file)
    return later


def list_read_files(attempt: Attempt, left_out: Container[str]) -> Iterator[RecordedFile]:
    """What checks read, but for these paths; a file twice only if two of them read other bytes.

    From the rows as they were read: to parse thousands of results, few of which read a file, takes long.
    """
    seen = set[tuple[str, str]]()
    for row in _list_rows(attempt):
        read = row["read"]
        for file in read if isinstance(read, list) else ():
            path, sha256 = (str(file.get("path")), str(file.get("sha256"))) if isinstance(file, dict) else ("", "")
            if path and path not in left_out and (path, sha256) not in seen:
                seen.add((path, sha256))
                yield RecordedFile(path, sha256, None, str(row.get("id")))


def _list_rows(attempt: Attempt) -> list[Json]:
    if attempt.finished_json is not None:
        rows = attempt.finished_json["validations"]
        return [row for row in rows if isinstance(row, dict) and "read" in row] if isinstance(rows, list) else []
    return [row for row in (result.to_json() for result in attempt.validations) if "read" in row]
