"""The only writer below `orchestration/runs/`.

A finished attempt's file is created once, by `link`, which cannot replace an existing one; then RUN.json is replaced
atomically. Both are on disk, file and folder, before a call returns. One writer at a time holds the run's lock, only
while it reads and writes; readers never wait.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from gate_tests.document import Document
from gate_tests.errors import NoVerdict, Refused
from gate_tests.fields import Fields
from gate_tests.names import check_same
from gate_tests.workspace import Workspace
from runner.attempt import Attempt, Json
from runner.record import Run

_TEMPORARY = ".tmp-"


class Store:
    """The records of one workspace."""

    def __init__(self, workspace: Workspace, lock_timeout_s: float = 30) -> None:
        self.workspace = workspace
        self._lock_timeout_s = lock_timeout_s

    def read(self, run_id: str) -> Run:
        """The run's record. Raises Refused for an unknown run, DamagedRecord."""
        document = self.workspace.read_record(run_id)
        run = Run.from_json(document)
        Fields.of(document).checked("run_id", lambda text: check_same(text, run_id))
        return run

    def document(self, run_id: str) -> Document:
        """The run's record as it is."""
        return self.workspace.read_record(run_id)

    def create(self, run: Run) -> None:
        """Writes a new run: its folders, then its RUN.json."""
        content = _encode(run.to_json())  # before a folder is made, for it may be refused
        folder = self._folder(run.run_id)
        if not self.workspace.holds(self.workspace.run_path(run.run_id)):
            raise Refused("orchestration/runs leaves the root through a symlink")
        _make_folder(folder.parent, exist_ok=True)
        try:
            _make_folder(folder)
        except FileExistsError:
            raise NoVerdict(f"run {run.run_id} exists already") from None
        for name in ("record", "logs"):
            _make_folder(folder / name)
        _replace(folder / "record/RUN.json", content)

    def change(self, run_id: str, change: Callable[[Run], Run]) -> Run:
        """Reads the run, changes it and writes it, while nobody else can. A refusal leaves everything as it was."""
        self.read(run_id)  # an unknown or damaged run is refused before a lock is made for it
        with self._locked(run_id):
            before = self.read(run_id)
            after = change(before)
            for gate, attempt in _newly_finished(before, after):
                path = self.workspace.attempt_path(run_id, gate, attempt.number)
                _create_once(self.workspace.root / path, _encode(attempt.to_json()))
            _replace(self.workspace.root / self.workspace.record_path(run_id), _encode(after.to_json()))
        return after

    def write_log(self, run_id: str, name: str, text: str) -> str:
        """Writes a text below the run's `logs/`; gives its path relative to the root."""
        path = f"{self.workspace.run_path(run_id)}/logs/{name}"
        target = self.workspace.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        return path

    def _folder(self, run_id: str) -> Path:
        return self.workspace.root / self.workspace.run_path(run_id)

    @contextlib.contextmanager
    def _locked(self, run_id: str) -> Iterator[None]:
        lock = self._folder(run_id) / "logs/.lock"
        lock.parent.mkdir(exist_ok=True)
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
        try:
            self._wait_for(descriptor, run_id)
            yield
        finally:
            os.close(descriptor)

    def _wait_for(self, descriptor: int, run_id: str) -> None:
        deadline = time.monotonic() + self._lock_timeout_s
        while True:
            try:
                return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise NoVerdict(f"run {run_id} is being written by somebody else; try again") from None
                time.sleep(0.01)


def _newly_finished(before: Run, after: Run) -> Iterator[tuple[str, Attempt]]:
    for old, new in zip(before.gates, after.gates, strict=True):
        finished = {attempt.number for attempt in old.attempts if not attempt.is_open}
        for attempt in new.attempts:
            if not attempt.is_open and attempt.number not in finished:
                yield new.gate, attempt


def _encode(record: Json) -> bytes:
    return (json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _create_once(path: Path, content: bytes) -> None:
    if not path.parent.is_dir():
        _make_folder(path.parent.parent, exist_ok=True)
        _make_folder(path.parent, exist_ok=True)
    temporary = _write_temporary(path.parent, content)
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise Refused(f"{path.name} exists already in {path.parent.name}; a finished attempt never changes") from None
    finally:
        os.unlink(temporary)
    _sync_folder(path.parent)


def _replace(path: Path, content: bytes) -> None:
    temporary = _write_temporary(path.parent, content)
    try:
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    _sync_folder(path.parent)


def _write_temporary(folder: Path, content: bytes) -> str:
    """A new file in `folder` that holds `content`, on disk; its permissions follow the umask."""
    name = str(folder / f"{_TEMPORARY}{os.getpid()}-{os.urandom(8).hex()}")
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        os.unlink(name)
        raise
    return name


def _make_folder(folder: Path, *, exist_ok: bool = False) -> None:
    folder.mkdir(exist_ok=exist_ok)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
