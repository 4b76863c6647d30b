"""The only writer below `orchestration/runs/`.

A finished attempt's file is created once, which cannot replace an existing one; then RUN.json is replaced atomically.
Both are on disk, file and folder, before a call returns. A crash between the two is rolled forward. One writer at a
time holds the run's lock, only while it reads and writes; readers never wait.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from gate_tests.errors import DamagedRecord, NotWritten, Refused
from gate_tests.files.regular_file import read_regular_file
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import check_run_id_member
from runner import suggestions
from runner.models.attempt import Attempt
from runner.models.json_encoding import encode
from runner.models.run import Run
from runner.storage.atomic_files import (
    back_up_file,
    create_file,
    create_run_directory,
    make_directories,
    remove_stale_temporaries,
    remove_temporaries,
    replace_file,
)
from runner.storage.confined_paths import confined_path
from runner.storage.consistency import check_consistency
from runner.storage.file_lock import LockWait, acquire_lock
from runner.storage.recovery import Recovery, roll_forward


class Store:
    """The records of one workspace. `say` tells a person what they did not ask for: a wait, a recovery."""

    def __init__(
        self, workspace: Workspace, lock_timeout_s: float = 30, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.workspace = workspace
        self.lock_wait = LockWait(lock_timeout_s, say)
        self._unsaid: list[str] = []
        self._known: dict[str, tuple[Document, Run]] = {}

    def read(self, run_id: str) -> Run:
        """The run as its files have it. Waits for nobody, writes nothing. Raises Refused, DamagedRecord."""
        return self.recover(run_id).run

    def create(self, run: Run) -> None:
        """Writes a new run, whole or not at all."""
        content = encode(run.to_json())  # before a folder is made, for it may be refused
        folder = confined_path(self.workspace, f"{self.workspace.run_path(run.run_id)}/record").parent
        with self.explain_os_errors(self.workspace.record_path(run.run_id)):
            make_directories(folder.parent)
            remove_stale_temporaries(folder.parent)
            create_run_directory(folder, content)

    def change(self, run_id: str, change: Callable[[Run], Run]) -> Run:
        """Reads the run, changes it and writes it, while nobody else can. A refusal leaves everything as it was."""
        with self.lock_run(run_id):
            before = self._complete_recovery(run_id)
            after = change(before)
            self._write(before, after)
        return after

    def complete_recovery(self, run_id: str) -> Run:
        """The run, after RUN.json has been brought up to what a crash had kept from it."""
        with self.lock_run(run_id):
            return self._complete_recovery(run_id)

    def write_repair(self, run_id: str, before: bytes, record: bytes, attempts: Mapping[str, bytes]) -> tuple[str, ...]:
        """Writes a damaged record anew; `attempts` are the files, by their paths, that were lost or cannot be read.

        Whatever stood there is kept; gives the paths it has now. Raises Refused where RUN.json is not `before`.
        """
        path = confined_path(self.workspace, self.workspace.record_path(run_id))
        with self.lock_run(run_id):
            if read_regular_file(path) != before:
                raise Refused(
                    f"the record of run {run_id} has changed meanwhile; nothing was written",
                    next_command=suggestions.repair_run(run_id),
                )
            kept = [back_up_file(path)]
            for lost, content in attempts.items():
                kept += _write_anew(confined_path(self.workspace, lost), content)
            replace_file(path, record)
        return tuple(each.relative_to(self.workspace.root).as_posix() for each in kept)

    @contextlib.contextmanager
    def lock_run(self, run_id: str) -> Iterator[None]:
        """Nobody else writes to the run meanwhile, and what killed writers left in it is gone."""
        folder = self.workspace.root / self.workspace.run_path(run_id)
        if not folder.is_dir():
            raise self.workspace.unknown_run(run_id)
        lock = f"{self.workspace.run_path(run_id)}/logs/.lock"
        for path in (lock, self.workspace.record_path(run_id)):
            confined_path(self.workspace, path)
        try:
            with (
                self.explain_os_errors(self.workspace.record_path(run_id)),
                acquire_lock(self.workspace.root, lock, f"writes the record of run {run_id}", self.lock_wait),
            ):
                remove_temporaries(folder)
                yield
        finally:
            self._say_what_was_done()  # by now nobody waits for the lock while this is read

    def recover(self, run_id: str) -> Recovery:
        """The run as `read` gives it, and what of it RUN.json does not know yet. Raises as `read` does."""
        confined_path(self.workspace, self.workspace.record_path(run_id))
        try:
            document, run = self._read_record(run_id)
            check_consistency(self.workspace, document, run)
            return roll_forward(self.workspace, run)
        except DamagedRecord as error:
            error.run_id = run_id
            error.next_command = error.next_command or suggestions.repair_run(run_id)
            raise

    def _read_record(self, run_id: str) -> tuple[Document, Run]:
        """RUN.json, and what it says. A finish reads it three times; as long as it is the same, it is parsed once."""
        known, run = self._known.get(run_id, (None, None))
        document = self.workspace.read_record(run_id, known)
        if run is None or document is not known:
            run = Run.from_json(document)
            check_run_id_member(Fields.of(document), run_id)
            self._known = {run_id: (document, run)}
        return document, run

    def _complete_recovery(self, run_id: str) -> Run:
        """The run, after RUN.json has been brought up to what is recorded. The lock is held."""
        recovery = self.recover(run_id)
        if recovery.recovered:
            replace_file(
                confined_path(self.workspace, self.workspace.record_path(run_id)), encode(recovery.run.to_json())
            )
            self._unsaid.append(recovery.describe())
        return recovery.run

    def _say_what_was_done(self) -> None:
        while self._unsaid:
            self.lock_wait.say(self._unsaid.pop(0))

    def _write(self, before: Run, after: Run) -> None:
        """The files of newly finished attempts first, RUN.json last."""
        content = encode(after.to_json())
        finished = {
            confined_path(self.workspace, self.workspace.attempt_path(after.run_id, gate, attempt.number)): attempt
            for gate, attempt in _newly_finished(before, after)
        }
        with self.explain_os_errors(self.workspace.record_path(after.run_id)):
            for path in finished:  # all of them, before one is written
                _make_way(path)
        try:
            for path, attempt in finished.items():
                _create_attempt(path, attempt)
            replace_file(confined_path(self.workspace, self.workspace.record_path(after.run_id)), content)
        except OSError as error:
            raise _half_written(after, [path for path in finished if path.exists()], error) from None

    @contextlib.contextmanager
    def explain_os_errors(self, path: str) -> Iterator[None]:
        """Says of what the file system refuses which record it would have been."""
        try:
            yield
        except OSError as error:
            raise NotWritten(f"{path}: could not be written: {error.strerror or error}") from None


def _newly_finished(before: Run, after: Run) -> Iterator[tuple[str, Attempt]]:
    for old, new in zip(before.gates, after.gates, strict=True):
        finished = {attempt.number for attempt in old.attempts if not attempt.is_open}
        for attempt in new.attempts:
            if not attempt.is_open and attempt.number not in finished:
                yield new.gate, attempt


def _make_way(path: Path) -> None:
    """Makes the folder of an attempt's file. Raises Refused where the file exists, OSError where it cannot be made."""
    make_directories(path.parent)
    if os.path.lexists(path):
        raise _exists(path)


def _create_attempt(path: Path, attempt: Attempt) -> None:
    try:
        create_file(path, encode(attempt.to_json()))
    except FileExistsError:
        raise _exists(path) from None


def _exists(path: Path) -> Refused:
    *_, run_id, _record, _gates, gate, name = path.parts
    return Refused(
        f"{name} exists already in {gate}; a finished attempt never changes",
        next_command=suggestions.show_run(run_id),
    )


def _write_anew(path: Path, content: bytes) -> Iterator[Path]:
    """Creates the file of an attempt again; what stands there, if anything, is kept under another name."""
    if os.path.lexists(path):
        yield back_up_file(path)
        path.unlink()
    create_file(path, content)


def _half_written(run: Run, recorded: list[Path], error: OSError) -> OSError | NotWritten:
    """Where an attempt is on disk that RUN.json does not know, that is worth saying."""
    if not recorded:
        return error
    attempts = ", ".join(f"{path.parent.name}/{path.name}" for path in recorded)
    return NotWritten(
        f"{attempts} is recorded, RUN.json is not ({error.strerror}); it follows with the next command that writes",
        next_command=suggestions.show_run(run.run_id),
    )
