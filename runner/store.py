"""The only writer below `orchestration/runs/`.

A finished attempt's file is created once, which cannot replace an existing one; then RUN.json is replaced atomically.
Both are on disk, file and folder, before a call returns. A crash between the two is rolled forward. One writer at a
time holds the run's lock, only while it reads and writes; readers never wait.
"""

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from gate_tests.errors import DamagedRecord, NotWritten, Refused
from gate_tests.files.regular_file import read_regular_file
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import check_same
from runner.agreement import check_agreement
from runner.beginning import build_run, clear_beginnings
from runner.disk import create_once, make_folders, replace_file, set_aside, sweep
from runner.lock import Patience, hold
from runner.models.attempt import Attempt
from runner.models.json_encoding import encode
from runner.models.run import Run
from runner.place import place, read_as_it_is
from runner.recovery import Recovery, roll_forward
from runner.suggestions import from_git

if TYPE_CHECKING:
    from io import FileIO


class Store:
    """The records of one workspace. `say` tells a person what they did not ask for: a wait, a recovery."""

    def __init__(
        self, workspace: Workspace, lock_timeout_s: float = 30, say: Callable[[str], None] = lambda _: None
    ) -> None:
        self.workspace = workspace
        self._patience = Patience(lock_timeout_s, say)
        self._unsaid: list[str] = []
        self._known: dict[str, tuple[Document, Run]] = {}

    def read(self, run_id: str) -> Run:
        """The run as its files have it. Waits for nobody, writes nothing. Raises Refused, DamagedRecord."""
        return self._recover(run_id).run

    def create(self, run: Run) -> None:
        """Writes a new run, whole or not at all."""
        content = encode(run.to_json())  # before a folder is made, for it may be refused
        folder = place(self.workspace, f"{self.workspace.run_path(run.run_id)}/record").parent
        with self._explained(self.workspace.record_path(run.run_id)):
            make_folders(folder.parent)
            clear_beginnings(folder.parent)
            build_run(folder, content)

    def change(self, run_id: str, change: Callable[[Run], Run]) -> Run:
        """Reads the run, changes it and writes it, while nobody else can. A refusal leaves everything as it was."""
        with self._writing(run_id):
            before = self._settle(run_id)
            after = change(before)
            self._write(before, after)
        return after

    def settle(self, run_id: str) -> Run:
        """The run, after RUN.json has been brought up to what a crash had kept from it."""
        with self._writing(run_id):
            return self._settle(run_id)

    def mend(self, run_id: str, before: bytes, record: bytes, attempts: Mapping[str, bytes]) -> tuple[str, ...]:
        """Writes a damaged record anew; `attempts` are the files, by their paths, that were lost or cannot be read.

        Whatever stood there is kept; gives the paths it has now. Raises Refused where RUN.json is not `before`.
        """
        path = place(self.workspace, self.workspace.record_path(run_id))
        with self._writing(run_id):
            if read_regular_file(path) != before:
                raise Refused(
                    f"the record of run {run_id} has changed meanwhile; nothing was written",
                    next_command=f"orch run repair --run {run_id}",
                )
            kept = [set_aside(path)]
            for lost, content in attempts.items():
                kept += _write_anew(place(self.workspace, lost), content)
            replace_file(path, record)
        return tuple(each.relative_to(self.workspace.root).as_posix() for each in kept)

    def write_log(self, run_id: str, name: str, text: str) -> str:
        """Writes a text below the run's `logs/`; gives its path relative to the root."""
        path = f"{self.workspace.run_path(run_id)}/logs/{name}"
        with self._writing(run_id), self._explained(path):
            replace_file(place(self.workspace, path), text.encode())
        return path

    @contextlib.contextmanager
    def log_file(self, run_id: str, name: str) -> Iterator[tuple[str, int]]:
        """A new file below the run's `logs/`: its path relative to the root, and a descriptor to write it by.

        It comes into its place when the block is over; what stood there before is replaced.
        """
        path = f"{self.workspace.run_path(run_id)}/logs/{name}"
        with self._explained(path):
            file = place(self.workspace, path)
            make_folders(file.parent)
            unfinished = f"{file}.{os.getpid()}-unfinished"  # no name that another writer would sweep away
            descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            yield path, descriptor
        finally:
            os.close(descriptor)
            with self._explained(path):
                os.replace(unfinished, file)

    @contextlib.contextmanager
    def live_log(self, run_id: str, name: str) -> Iterator[tuple[str, "FileIO"]]:
        """The same, in its place from the start, for whoever wants to read along. Nothing may stand there before."""
        path = f"{self.workspace.run_path(run_id)}/logs/{name}"
        with self._explained(path):
            file = place(self.workspace, path)
            make_folders(file.parent)
            log = file.open("xb", buffering=0)
        with log:
            yield path, log

    def mark(self, run_id: str, name: str) -> bool:
        """Makes an empty file below the run's `logs/`; False where there is one. Of several at once, one makes it."""
        path = f"{self.workspace.run_path(run_id)}/logs/{name}"
        with self._explained(path):
            file = place(self.workspace, path)
            make_folders(file.parent)
            try:
                os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
            except FileExistsError:
                return False
        return True

    @contextlib.contextmanager
    def gate_lock(self, run_id: str, gate: str) -> Iterator[None]:
        """Held while a gate is judged, so that nobody else judges it. Raises Refused, DamagedRecord, NotWritten."""
        recovery = self._recover(run_id)
        recovery.run.gate(gate)  # an unknown one is refused before a lock is made for it
        if recovery.adopted:
            self.settle(run_id)
        path = f"{self.workspace.run_path(run_id)}/logs/gates/{gate}/.lock"
        place(self.workspace, path)
        with hold(self.workspace.root, path, f"judges gate {gate} of run {run_id}", self._patience):
            yield

    @contextlib.contextmanager
    def agent_lock(self, run_id: str, gate: str) -> Iterator[None]:
        """Held while an agent works at a gate, so that no second one is called for the same work. Raises Refused."""
        path = f"{self.workspace.run_path(run_id)}/logs/gates/{gate}/.agent.lock"
        what = f"has an agent at work at gate {gate} of run {run_id}"
        with contextlib.ExitStack() as held:
            place(self.workspace, path)
            try:
                held.enter_context(hold(self.workspace.root, path, what, Patience(0, self._patience.say)))
            except NotWritten:
                told = f"another process {what}; wait for its end, or interrupt it"
                raise Refused(told, next_command=f"orch status --run {run_id}") from None
            yield

    @contextlib.contextmanager
    def _writing(self, run_id: str) -> Iterator[None]:
        """Nobody else writes to the run meanwhile, and what killed writers left in it is gone."""
        folder = self.workspace.root / self.workspace.run_path(run_id)
        if not folder.is_dir():
            raise self.workspace.unknown_run(run_id)
        lock = f"{self.workspace.run_path(run_id)}/logs/.lock"
        for path in (lock, self.workspace.record_path(run_id)):
            place(self.workspace, path)
        try:
            with (
                self._explained(self.workspace.record_path(run_id)),
                hold(self.workspace.root, lock, f"writes the record of run {run_id}", self._patience),
            ):
                sweep(folder)
                yield
        finally:
            self._say_what_was_done()  # by now nobody waits for the lock while this is read

    def _recover(self, run_id: str) -> Recovery:
        place(self.workspace, self.workspace.record_path(run_id))
        try:
            document, run = self._read_record(run_id)
            check_agreement(self.workspace, document, run)
            return roll_forward(self.workspace, run)
        except DamagedRecord as error:
            error.next_command = error.next_command or self._way_out(run_id)
            raise

    def _read_record(self, run_id: str) -> tuple[Document, Run]:
        """RUN.json, and what it says. A finish reads it three times; as long as it is the same, it is parsed once."""
        known, run = self._known.get(run_id, (None, None))
        document = self.workspace.read_record(run_id, known)
        if run is None or document is not known:
            run = Run.from_json(document)
            Fields.of(document).checked("run_id", lambda text: check_same(text, run_id))
            self._known = {run_id: (document, run)}
        return document, run

    def _way_out(self, run_id: str) -> str:
        """The command that mends a damaged record: the repair, where enough of it can be read for one."""
        path = self.workspace.record_path(run_id)
        from runner.repair.salvage import Salvage

        salvage = Salvage.of(read_as_it_is(self.workspace, path))
        if salvage.workflow and salvage.depth:
            return f"orch run repair --run {run_id}"
        return from_git(path)

    def _settle(self, run_id: str) -> Run:
        """The run, after RUN.json has been brought up to what is recorded. The lock is held."""
        recovery = self._recover(run_id)
        if recovery.adopted:
            replace_file(place(self.workspace, self.workspace.record_path(run_id)), encode(recovery.run.to_json()))
            self._unsaid.append(recovery.sentence())
        return recovery.run

    def _say_what_was_done(self) -> None:
        while self._unsaid:
            self._patience.say(self._unsaid.pop(0))

    def _write(self, before: Run, after: Run) -> None:
        """The files of newly finished attempts first, RUN.json last."""
        content = encode(after.to_json())
        finished = {
            place(self.workspace, self.workspace.attempt_path(after.run_id, gate, attempt.number)): attempt
            for gate, attempt in _newly_finished(before, after)
        }
        with self._explained(self.workspace.record_path(after.run_id)):
            for path in finished:  # all of them, before one is written
                _make_way(path)
        try:
            for path, attempt in finished.items():
                _create_attempt(path, attempt)
            replace_file(place(self.workspace, self.workspace.record_path(after.run_id)), content)
        except OSError as error:
            raise _half_written(after, [path for path in finished if path.exists()], error) from None

    @contextlib.contextmanager
    def _explained(self, path: str) -> Iterator[None]:
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
    make_folders(path.parent)
    if os.path.lexists(path):
        raise _exists(path)


def _create_attempt(path: Path, attempt: Attempt) -> None:
    try:
        create_once(path, encode(attempt.to_json()))
    except FileExistsError:
        raise _exists(path) from None


def _exists(path: Path) -> Refused:
    *_, run_id, _record, _gates, gate, name = path.parts
    return Refused(
        f"{name} exists already in {gate}; a finished attempt never changes",
        next_command=f"orch run show --run {run_id}",
    )


def _write_anew(path: Path, content: bytes) -> Iterator[Path]:
    """Creates the file of an attempt again; what stands there, if anything, is kept under another name."""
    if os.path.lexists(path):
        yield set_aside(path)
        path.unlink()
    create_once(path, content)


def _half_written(run: Run, recorded: list[Path], error: OSError) -> OSError | NotWritten:
    """Where an attempt is on disk that RUN.json does not know, that is worth saying."""
    if not recorded:
        return error
    attempts = ", ".join(f"{path.parent.name}/{path.name}" for path in recorded)
    return NotWritten(
        f"{attempts} is recorded, RUN.json is not ({error.strerror}); it follows with the next command that writes",
        next_command=f"orch run show --run {run.run_id}",
    )
