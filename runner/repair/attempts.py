"""Gathers the attempts at one gate of a damaged run: from their files, and if a file is lost, from RUN.json."""

import os
from contextlib import suppress
from dataclasses import dataclass, field

from gate_tests.errors import DamagedRecord, LostFile
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.artifact import Artifact
from runner.models.attempt import Attempt
from runner.models.context import AttemptContext
from runner.models.json_encoding import encode
from runner.models.run import Run
from runner.repair.salvage import NO_DOCUMENT, PartialRecord, parse_readable_rows
from runner.storage.attempt_file import AttemptFile, is_reservation, list_attempt_numbers, list_gates_with_attempts
from runner.storage.attempt_rules import check_attempt
from runner.storage.confined_paths import confined_path, read_bytes_if_possible
from runner.storage.consistency import check_attempt_times
from runner.storage.rule_agreement import check_attempts


@dataclass(frozen=True)
class GatheredAttempts:
    """The attempts, oldest first. `lost` has the current and the new content of each missing or unreadable file."""

    attempts: tuple[Attempt, ...]
    lost: dict[str, tuple[bytes, bytes]]


def gather_attempts(workspace: Workspace, run: Run, gate: str, partial: PartialRecord) -> GatheredAttempts:
    """Gather the attempts at the gate; of `run`, its head is known. Raises DamagedRecord if one cannot be had."""
    return _Gatherer(workspace, run, gate, partial).gather()


def read_context(workspace: Workspace, run_id: str) -> AttemptContext | None:
    """The context that all files of attempts have recorded; None if there is none, or more than one."""
    found: list[AttemptContext] = []
    for gate in list_gates_with_attempts(workspace, run_id):
        for number in list_attempt_numbers(workspace, run_id, gate):
            with suppress(DamagedRecord):
                file = AttemptFile.read(workspace, run_id, gate, number)
                if file and file.attempt.context and file.attempt.context not in found:
                    found.append(file.attempt.context)
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class _Gatherer:
    workspace: Workspace
    run: Run
    gate: str
    partial: PartialRecord
    lost: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    violations: dict[int, str] = field(default_factory=dict)
    """What no command writes into the file of an attempt, by its number."""

    def gather(self) -> GatheredAttempts:
        embedded = self._embedded()
        finished = {attempt.number: attempt for attempt in reversed(embedded) if not attempt.is_open}
        attempts: list[Attempt] = []
        numbers = list_attempt_numbers(self.workspace, self.run.run_id, self.gate)
        last = max((number for number in numbers if not self._is_reserved(number, embedded)), default=0)
        while len(attempts) < last or len(attempts) + 1 in finished:
            attempts.append(self._finished(len(attempts) + 1, finished))
        attempts += [attempt for attempt in embedded if attempt.is_open and attempt.number == len(attempts) + 1][:1]
        return GatheredAttempts(tuple(attempts), self.lost)

    def _finished(self, number: int, embedded: dict[int, Attempt]) -> Attempt:
        path = self._path(number)
        content = read_bytes_if_possible(self.workspace, path)
        _refuse_conflict(self.workspace, path, content)
        attempt = self._from_file(number)
        if attempt is None:
            attempt = embedded.get(number)
            if attempt is None:
                raise self._lost_error(number, max(embedded, default=0))
            self.lost[path] = (content, encode(attempt.to_json()))
        return attempt

    def _from_file(self, number: int) -> Attempt | None:
        """The attempt in its file; None if it cannot be read, or no command has written it."""
        try:
            file = AttemptFile.read(self.workspace, self.run.run_id, self.gate, number)
        except DamagedRecord:
            return None
        try:
            attempt = self._attempt(Fields.of(file.document)) if file else None
            if attempt:
                check_attempts(self.workspace, self.run, self.gate, [attempt])
        except DamagedRecord as error:
            self.violations[number] = error.message
            return None
        return attempt

    def _embedded(self) -> list[Attempt]:
        """The attempts in RUN.json, of both sides of a conflict."""
        rows = [
            row for side in self.partial.sides for row in parse_readable_rows(side.get("gates"), lambda fields: fields)
        ]
        own = [row for row in rows if row.value.get("gate") == self.gate]
        return [attempt for row in own for attempt in parse_readable_rows(row.value.get("attempts"), self._attempt)]

    def _attempt(self, fields: Fields) -> Attempt:
        attempt = Attempt.from_json(fields)
        if self.run.schema_version is not None and attempt.is_open:
            check_attempt_times(fields.document, fields.path, attempt)
            if attempt.baseline is None:
                raise fields.error("baseline", "is missing")
        elif self.run.schema_version is not None:
            check_attempt(fields.document, fields.path, attempt, self.run)
        return attempt._replace(artifacts=tuple(parse_readable_rows(fields.value.get("artifacts"), Artifact.from_json)))

    def _lost_error(self, number: int, last_embedded: int) -> DamagedRecord:
        """A file that RUN.json certainly lacks can be moved away; a lost file may be restored from git."""
        path = self._path(number)
        if not self.partial.is_intact or last_embedded > number:
            message = f"{path}: is missing or cannot be read, and RUN.json does not contain it; nothing was written"
            return DamagedRecord(message, lost_file=LostFile(self.workspace.root, path))
        if os.path.lexists(confined_path(self.workspace, path)):
            problem = self.violations.get(number, f"{path}: cannot be read")
            message = f"{problem}, and RUN.json does not contain it; nothing was written"
        else:
            numbers = list_attempt_numbers(self.workspace, self.run.run_id, self.gate)
            path = self._path(next(each for each in numbers if each > number))
            message = f"{path}: RUN.json does not contain it, and attempt {number} is not finished; nothing was written"
        return DamagedRecord(message, next_command=suggestions.set_aside(path))

    def _is_reserved(self, number: int, embedded: list[Attempt]) -> bool:
        """Whether the file is empty, and its attempt open."""
        is_open = any(attempt.is_open for attempt in embedded if attempt.number == number)
        return is_open and is_reservation(confined_path(self.workspace, self._path(number)))

    def _path(self, number: int) -> str:
        return self.workspace.attempt_path(self.run.run_id, self.gate, number)


def _refuse_conflict(workspace: Workspace, path: str, content: bytes) -> None:
    """Raises DamagedRecord for a file with a git conflict between two attempts: a person has to choose one."""
    sides = PartialRecord.parse(content).sides
    if len(sides) > 1:
        ours, theirs = (_summarize(Fields(NO_DOCUMENT, side)) for side in sides)
        raise DamagedRecord(
            f"{path}: contains two attempts, one of each branch: ours {ours}, theirs {theirs}; nothing was written",
            lost_file=LostFile(workspace.root, path),
        )


def _summarize(attempt: Fields) -> str:
    try:
        status, agent, finished_at = (attempt.text(key) for key in ("status", "agent", "finished_at"))
    except DamagedRecord:
        return "(cannot be read)"
    return f"{status} by {agent} at {finished_at}"
