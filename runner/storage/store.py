"""The only writer below `orchestration/runs/`.

The new RUN.json is written under a temporary name, the file of a finished attempt is created, never replaced, and then
the temporary file is renamed. A crash before that is rolled forward: both are on disk by then. A writer holds the run's
lock while it reads and writes; readers never wait.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from gate_tests.errors import DamagedRecord, NotWritten, Refused
from gate_tests.files.regular_file import read_regular_file
from gate_tests.programs.signals import defer_interrupts, recording
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
    create_temporary,
    make_directories,
    remove_stale_temporaries,
    remove_temporaries,
    replace_file,
    sync_directory,
)
from runner.storage.attempt_file import is_reservation
from runner.storage.confined_paths import confined_path
from runner.storage.consistency import check_consistency
from runner.storage.file_lock import LockWait, acquire_lock
from runner.storage.recovery import Recovery, roll_forward


class Store:
    """The records of one workspace. `say` reports a wait for a lock, and a recovery."""

    def __init__(
        self, workspace: Workspace, lock_timeout_s: float = 30, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.workspace = workspace
        self.lock_wait = LockWait(lock_timeout_s, say)
        self._unreported: list[str] = []
        self._cache: dict[str, tuple[Document, Run]] = {}

    def read(self, run_id: str) -> Run:
        """Read a run, recovered if need be. Never waits or writes. Raises Refused, DamagedRecord, NotReadable."""
        return self.recover(run_id).run

    def create(self, run: Run) -> None:
        """Write a new run, completely or not at all. Raises Refused, NotWritten."""
        content = encode(run.to_json())  # may fail, so before a directory is created
        directory = self._file(f"{self.workspace.run_path(run.run_id)}/record").parent
        with recording(), self.explain_os_errors(self.workspace.record_path(run.run_id)):
            make_directories(directory.parent)
            remove_stale_temporaries(directory.parent)
            create_run_directory(directory, content)

    def change(self, run_id: str, change: Callable[[Run], Run]) -> Run:
        """Read the run, apply `change` and write it, under the run's lock. If `change` raises, nothing is written.

        Nor is anything after an interrupt. Once the write has begun, signals do not interrupt it.
        """
        with self.lock_run(run_id):
            before = self._complete_recovery(run_id)
            after = change(before)
            with recording():
                self._write(before, after)
        return after

    def complete_recovery(self, run_id: str) -> Run:
        """Write what `recover` adds to the run, if anything, to RUN.json."""
        with self.lock_run(run_id):
            return self._complete_recovery(run_id)

    def write_repair(self, run_id: str, before: bytes, record: bytes, attempts: Mapping[str, bytes]) -> tuple[str, ...]:
        """Replace RUN.json and the attempt files in `attempts`, by their paths. Returns the paths of the backups.

        Raises Refused unless RUN.json is still `before`.
        """
        path = self._file(self.workspace.record_path(run_id))
        with self.lock_run(run_id):
            if read_regular_file(path) != before:
                raise Refused(
                    f"the record of run {run_id} has changed meanwhile; nothing was written",
                    next_command=suggestions.repair_run(run_id),
                )
            with recording():
                backups = [back_up_file(path)]
                for lost, content in attempts.items():
                    backups += _replace_attempt(self._file(lost), content)
                replace_file(path, record)
                remove_temporaries(path.parent.parent)
        return tuple(backup.relative_to(self.workspace.root).as_posix() for backup in backups)

    @contextlib.contextmanager
    def lock_run(self, run_id: str) -> Iterator[None]:
        """Hold the run's lock. Raises Refused, NotWritten."""
        directory = self.workspace.root / self.workspace.run_path(run_id)
        if not directory.is_dir():
            raise self.workspace.unknown_run(run_id)
        lock = f"{self.workspace.run_path(run_id)}/logs/.lock"
        for path in (lock, self.workspace.record_path(run_id)):
            self._file(path)
        try:
            with (
                self.explain_os_errors(self.workspace.record_path(run_id)),
                acquire_lock(self.workspace.root, lock, f"writes the record of run {run_id}", self.lock_wait),
            ):
                yield
        finally:
            self._report_recoveries()  # after the lock is released: `say` may block

    def recover(self, run_id: str) -> Recovery:
        """Read a run, and which of its attempts RUN.json lacks after a crash. Raises like `read`."""
        self._file(self.workspace.record_path(run_id))
        try:
            document, run = self._read_record(run_id)
            check_consistency(self.workspace, document, run)
            return roll_forward(self.workspace, run)
        except DamagedRecord as error:
            if error.next_command is None:
                error.next_command = suggestions.repair_run(run_id)
                error.root, error.run_id = self.workspace.root, run_id
            raise

    def _read_record(self, run_id: str) -> tuple[Document, Run]:
        """Read RUN.json and parse it, unless it is the same as last time: `gate finish` reads it three times."""
        known, run = self._cache.get(run_id, (None, None))
        document = self.workspace.read_record(run_id, known)
        if run is None or document is not known:
            run = Run.from_json(document)
            check_run_id_member(Fields.of(document), run_id)
            self._cache = {run_id: (document, run)}
        return document, run

    def _complete_recovery(self, run_id: str) -> Run:
        """The same, while the lock is held. Removes what killed writers left, which a recovery may need before."""
        recovery = self.recover(run_id)
        if recovery.recovered:
            with defer_interrupts():
                self._write_recovery(recovery)
                self._unreported.append(recovery.describe())
        remove_temporaries(self.workspace.root / self.workspace.run_path(run_id))
        return recovery.run

    def _write_recovery(self, recovery: Recovery) -> None:
        run_id = recovery.run.run_id
        record = self._file(self.workspace.record_path(run_id))
        if recovery.temporary is None:
            replace_file(record, encode(recovery.run.to_json()))
            return
        for gate, attempt in recovery.recovered:  # a command that finishes several may be interrupted between them
            path = self._file(self.workspace.attempt_path(run_id, gate, attempt.number))
            if not path.exists() or is_reservation(path):
                _create_attempt(path, attempt)
            sync_directory(path.parent)
        os.utime(recovery.temporary)  # a record that is older than its lock is read as a whole by `run list`
        os.replace(recovery.temporary, record)
        sync_directory(record.parent)

    def _report_recoveries(self) -> None:
        while self._unreported:
            self.lock_wait.say(self._unreported.pop(0))

    def _write(self, before: Run, after: Run) -> None:
        """Write RUN.json, after the files of newly finished attempts if there are any."""
        content = encode(after.to_json())
        record = self._file(self.workspace.record_path(after.run_id))
        finished = {
            self._file(self.workspace.attempt_path(after.run_id, gate, attempt.number)): attempt
            for gate, attempt in _newly_finished(before, after)
        }
        for path in finished:  # all of them before anything is written
            _prepare_attempt_path(path)
        if finished:
            _write_attempts(record, content, finished)
        else:
            replace_file(record, content)

    def _file(self, path: str) -> Path:
        return confined_path(self.workspace, path)

    @contextlib.contextmanager
    def explain_os_errors(self, path: str) -> Iterator[None]:
        """Turn an OSError into NotWritten with the path of the record."""
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


def _prepare_attempt_path(path: Path) -> None:
    """Create the directory of an attempt's file. Raises Refused if the file exists, OSError."""
    make_directories(path.parent)
    if os.path.lexists(path) and not is_reservation(path):
        raise _exists_error(path)


def _write_attempts(record: Path, content: bytes, finished: Mapping[Path, Attempt]) -> None:
    """Write RUN.json under a temporary name, create the files of the attempts, and rename it."""
    temporary = create_temporary(record.parent, content)
    try:
        for path, attempt in finished.items():
            _create_attempt(path, attempt)
        # Not synced: where a power cut undoes it, the temporary file is there again, and is rolled forward.
        os.replace(temporary, record)
    except BaseException as error:
        written = [path for path in finished if path.exists() and not is_reservation(path)]
        if not written:
            os.unlink(temporary)
        elif isinstance(error, OSError):
            raise _half_written_error(written, error) from None
        raise


def _create_attempt(path: Path, attempt: Attempt) -> None:
    try:
        (replace_file if is_reservation(path) else create_file)(path, encode(attempt.to_json()))
    except FileExistsError:
        raise _exists_error(path) from None


def _exists_error(path: Path) -> Refused:
    return Refused(
        f"{path.name} exists already in {path.parent.name}; a finished attempt never changes",
        next_command=suggestions.show_run(_run_id(path)),
    )


def _replace_attempt(path: Path, content: bytes) -> Iterator[Path]:
    """Create the file of an attempt again. Yields the backup of the existing one, if any."""
    if os.path.lexists(path):
        yield back_up_file(path)
        path.unlink()
    create_file(path, content)


def _half_written_error(written: list[Path], error: OSError) -> NotWritten:
    """The error for attempts that are on disk while RUN.json lacks them."""
    attempts = ", ".join(f"{path.parent.name}/{path.name}" for path in written)
    return NotWritten(
        f"{attempts} is recorded, RUN.json is not ({error.strerror}); it follows with the next command that writes",
        next_command=suggestions.show_run(_run_id(written[0])),
    )


def _run_id(attempt: Path) -> str:
    """The run of an attempt's file."""
    return attempt.parents[3].name
