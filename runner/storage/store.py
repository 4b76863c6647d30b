"""The only writer below `orchestration/runs/`.

The new RUN.json is written under a temporary name, the file of a finished attempt is created, never replaced, and then
the temporary file is renamed. A crash before that is rolled forward: both are on disk by then. A writer holds the run's
lock while it reads and writes; readers never wait.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING

from gate_tests.errors import DamagedRecord, NotWritten, Refused
from gate_tests.files.directory import Directory, sync_directory
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
    create_new_record,
    create_run_directory,
    remove_if_exists,
    remove_stale_temporaries,
    remove_temporaries,
    rename_new_record,
    replace_file,
)
from runner.storage.attempt_file import list_gates_with_attempts
from runner.storage.confined_paths import confined_path, open_record, open_runs, read_bytes_if_possible, read_in_place
from runner.storage.consistency import check_consistency
from runner.storage.recovery import Recovery, roll_forward

if TYPE_CHECKING:
    from runner.storage.file_lock import LockWait


class Store:
    """The records of one workspace. `say` reports a wait for a lock, and a recovery."""

    def __init__(
        self, workspace: Workspace, lock_timeout_s: float = 30, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.workspace = workspace
        self._lock_timeout_s, self._say = lock_timeout_s, say
        self._unreported: list[str] = []
        self._cache: dict[str, tuple[Document, Run]] = {}

    @cached_property
    def lock_wait(self) -> "LockWait":
        """How long to wait for the lock of a run, and how to report the wait."""
        from runner.storage.file_lock import LockWait  # only writers lock

        return LockWait(self._lock_timeout_s, self._say)

    def read(self, run_id: str) -> Run:
        """Read a run, recovered if need be. Never waits or writes. Raises Refused, DamagedRecord, NotReadable."""
        return self.recover(run_id).run

    def create(self, run: Run) -> None:
        """Write a new run, completely or not at all. Raises Refused, NotWritten."""
        content = encode(run.to_json())  # may fail, so before a directory is created
        where = self.explain_os_errors(self.workspace.record_path(run.run_id))
        with recording(), where, open_runs(self.workspace) as runs:
            remove_stale_temporaries(runs)
            create_run_directory(runs, run.run_id, content)

    def change(self, run_id: str, change: Callable[[Run], Run]) -> Run:
        """Read the run, apply `change` and write it, under the run's lock. If `change` raises, nothing is written.

        Nor is anything after an interrupt. Once the write has begun, signals do not interrupt it.
        """
        with self.lock_run(run_id) as record:
            before = self._complete_recovery(record, run_id)
            after = change(before)
            with recording():
                self._write(record, before, after)
        return after

    def complete_recovery(self, run_id: str) -> Run:
        """Write what `recover` adds to the run, if anything, to RUN.json."""
        with self.lock_run(run_id) as record:
            return self._complete_recovery(record, run_id)

    def write_repair(self, run_id: str, before: bytes, record: bytes, attempts: Mapping[str, bytes]) -> tuple[str, ...]:
        """Replace RUN.json and the attempt files in `attempts`, by their paths. Returns the paths of the backups.

        Raises Refused unless RUN.json is still `before`.
        """
        from runner.storage.new_attempt_file import replace_attempt

        with self.lock_run(run_id) as directory:
            if read_bytes_if_possible(self.workspace, self.workspace.record_path(run_id)) != before:
                raise Refused(
                    f"the record of run {run_id} has changed in the meantime; nothing was written",
                    next_command=suggestions.repair_run(run_id),
                )
            with recording():
                backups = [directory.path_of(back_up_file(directory, "RUN.json"))]
                for path, content in attempts.items():
                    gate, name = path.split("/")[-2:]
                    with directory.open_below(f"gates/{gate}", create=True) as attempt_directory:
                        backups += replace_attempt(attempt_directory, name, content)
                self._replace_record(directory, record)
                self._remove_temporaries(directory, run_id)
        return tuple(backups)

    @contextlib.contextmanager
    def lock_run(self, run_id: str) -> Iterator[Directory]:
        """Hold the run's lock, which is on the directory of its record. Yields that. Raises Refused, NotWritten."""
        from runner.storage.file_lock import acquire_lock

        path = self.workspace.record_path(run_id)  # refuses an invalid run id
        directory, what = (self.workspace.root / path).parent, f"writing the record of run {run_id}"
        try:
            with (
                self.explain_os_errors(path),
                acquire_lock(directory, partial(self._open_record, run_id), what, self.lock_wait) as record,
            ):
                yield record
        finally:
            while self._unreported:  # after the lock is released: `say` may block
                self.lock_wait.say(self._unreported.pop(0))

    def _open_record(self, run_id: str) -> Directory:
        try:
            return open_record(self.workspace, run_id)
        except FileNotFoundError:
            self.workspace.read_record(run_id)  # has an error for that
            raise

    def recover(self, run_id: str) -> Recovery:
        """Read a run, and which of its attempts RUN.json lacks after a crash. Raises like `read`."""
        path = self.workspace.record_path(run_id)
        content = read_in_place(self.workspace, path)
        if content is None:
            confined_path(self.workspace, path)
        try:
            document, run = self._read_record(run_id, content)
            check_consistency(self.workspace, document, run)
            return roll_forward(self.workspace, run)
        except DamagedRecord as error:
            error.suggest_repair(self.workspace.root, run_id, suggestions.repair_run(run_id))
            raise

    def _read_record(self, run_id: str, content: bytes | None) -> tuple[Document, Run]:
        """Read RUN.json and parse it, unless it is the same as last time: `gate finish` reads it three times."""
        known, run = self._cache.get(run_id, (None, None))
        path = self.workspace.record_path(run_id)
        document = (
            self.workspace.read_recorded(path, known, content) if content else self.workspace.read_record(run_id, known)
        )
        if run is None or document is not known:
            run = Run.from_json(document)
            check_run_id_member(Fields.of(document), run_id)
            self._cache = {run_id: (document, run)}
        return document, run

    def _complete_recovery(self, record: Directory, run_id: str) -> Run:
        """The same, while the lock is held. Removes what killed writers left, which a recovery may need before."""
        recovery = self.recover(run_id)
        if recovery.recovered:
            with defer_interrupts():
                self._write_recovery(record, recovery)
                self._unreported.append(recovery.describe())
        self._remove_temporaries(record, run_id)
        return recovery.run

    def _remove_temporaries(self, record: Directory, run_id: str) -> None:
        """Sweep the directories that writers of the record use; `git clean` removes empty ones meanwhile."""
        remove_temporaries(record)
        for gate in list_gates_with_attempts(self.workspace, run_id):
            with contextlib.suppress(OSError), record.open_below(f"gates/{gate}") as directory:
                remove_temporaries(directory)

    def _write_recovery(self, record: Directory, recovery: Recovery) -> None:
        from runner.storage.new_attempt_file import open_attempt_files

        if recovery.temporary is None:
            self._replace_record(record, encode(recovery.run.to_json()))
            return
        with open_attempt_files(record, recovery.recovered) as files:
            for file in files:  # a command that finishes several may be interrupted between them
                if not file.is_written:
                    file.create()
                sync_directory(file.directory.descriptor)
        self._check_in_place(record)
        rename_new_record(record, recovery.temporary, encode(recovery.run.to_json()))
        sync_directory(record.descriptor)

    def _write(self, record: Directory, before: Run, after: Run) -> None:
        """Write RUN.json, after the files of newly finished attempts if there are any."""
        from runner.storage.new_attempt_file import explain_half_written, open_attempt_files

        content = encode(after.to_json())
        finished = list(_newly_finished(before, after))
        if not finished:
            self._replace_record(record, content)
            return
        self._check_in_place(record)
        with open_attempt_files(record, finished) as files:
            for file in files:  # all of them before anything is written
                file.refuse_existing()
            temporary = create_new_record(record, content)
            try:
                for file in files:
                    file.create()
                # Not synced: where a power cut undoes it, the temporary file is there again, and is rolled forward.
                for directory in (record, *(file.directory for file in files)):
                    self._check_in_place(directory)
                rename_new_record(record, temporary, content)
            except BaseException as error:
                written = [file for file in files if file.is_written]
                if not written:
                    remove_if_exists(record, temporary)
                elif isinstance(error, OSError):
                    raise explain_half_written(after.run_id, written, error) from None
                raise

    def _replace_record(self, record: Directory, content: bytes) -> None:
        replace_file(record, "RUN.json", content, check=lambda: self._check_in_place(record))

    def _check_in_place(self, directory: Directory) -> None:
        """Raises NotWritten, or Refused where the directory was moved and a symlink leads to it."""
        from runner.storage.file_lock import check_in_place

        check_in_place(self.workspace.root / directory.path, directory)
        confined_path(self.workspace, f"{directory.path}/RUN.json")

    @contextlib.contextmanager
    def explain_os_errors(self, path: str) -> Iterator[None]:
        """Turn an OSError into NotWritten with the path of the file that was refused, `path` if it names none."""
        try:
            yield
        except OSError as error:
            named = path if error.filename is None or isinstance(error.filename, int) else str(error.filename)
            path = named.removeprefix(f"{self.workspace.root}/")
            raise NotWritten(f"{path}: could not be written: {error.strerror or error}") from None


def _newly_finished(before: Run, after: Run) -> Iterator[tuple[str, Attempt]]:
    for old, new in zip(before.gates, after.gates, strict=True):
        finished = {attempt.number for attempt in old.attempts if not attempt.is_open}
        for attempt in new.attempts:
            if not attempt.is_open and attempt.number not in finished:
                yield new.gate, attempt
