"""The attempts at one gate of a damaged run: from their files, and where one is lost, from what RUN.json holds."""

import contextlib
from dataclasses import dataclass, replace
from shlex import quote

from gate_tests.errors import DamagedRecord
from gate_tests.fields import Fields
from gate_tests.workspace import Workspace
from runner.attempt import Artifact, Attempt
from runner.attempt_file import AttemptFile, attempt_numbers
from runner.place import read_as_it_is
from runner.record import encode
from runner.salvage import Salvage, readable_rows


@dataclass(frozen=True)
class Attempts:
    """The attempts, oldest first; `lost` are the files that are missing or cannot be read, each with its new content.

    Of a lost file the bytes that stand there now come first.
    """

    attempts: tuple[Attempt, ...]
    lost: dict[str, tuple[bytes, bytes]]


def gather_attempts(workspace: Workspace, run_id: str, gate: str, salvage: Salvage) -> Attempts:
    """All that is recorded of the gate. Raises DamagedRecord where a finished attempt is nowhere to be read."""
    embedded = _embedded(salvage, gate)
    finished = {attempt.number: attempt for attempt in reversed(embedded) if not attempt.is_open}
    attempts: list[Attempt] = []
    lost: dict[str, tuple[bytes, bytes]] = {}
    last = max(attempt_numbers(workspace, run_id, gate), default=0)
    while len(attempts) < last or len(attempts) + 1 in finished:
        number = len(attempts) + 1
        attempt = _from_file(workspace, run_id, gate, number)
        if attempt is None:
            path = workspace.attempt_path(run_id, gate, number)
            attempt = finished.get(number)
            if attempt is None:
                raise _nowhere(path)
            lost[path] = (read_as_it_is(workspace, path), encode(attempt.to_json()))
        attempts.append(attempt)
    attempts += [attempt for attempt in embedded if attempt.is_open and attempt.number == len(attempts) + 1][:1]
    return Attempts(tuple(attempts), lost)


def _embedded(salvage: Salvage, gate: str) -> list[Attempt]:
    """The attempts that RUN.json holds, of both sides."""
    rows = [row for side in salvage.sides for row in readable_rows(side.get("gates"), lambda fields: fields)]
    own = [row for row in rows if row.value.get("gate") == gate]
    return [attempt for row in own for attempt in readable_rows(row.value.get("attempts"), _attempt)]


def _attempt(fields: Fields) -> Attempt:
    attempt = Attempt.from_json(fields)
    return replace(attempt, artifacts=tuple(readable_rows(fields.value.get("artifacts"), Artifact.from_json)))


def _from_file(workspace: Workspace, run_id: str, gate: str, number: int) -> Attempt | None:
    with contextlib.suppress(DamagedRecord):
        if file := AttemptFile.read(workspace, run_id, gate, number):
            return _attempt(Fields.of(file.document))
    return None


def _nowhere(path: str) -> DamagedRecord:
    return DamagedRecord(
        f"{path}: is missing or cannot be read, and RUN.json does not hold it; nothing was written",
        next_command=f"git checkout HEAD -- {quote(path)}",
    )
