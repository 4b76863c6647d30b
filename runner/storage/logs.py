"""Files below a run's `logs/`: packets, the output of programs and agents, counters. git ignores them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EBADF, ENOLCK
from typing import Final, NamedTuple

from gate_tests.errors import OrchError
from gate_tests.files.directory import UNSUPPORTED_ERRNOS, Directory
from runner.storage.atomic_files import remove_temporaries, rename_file, replace_file
from runner.storage.confined_paths import open_run
from runner.storage.store import Store

_MAX_COUNTER_BYTES: Final = 1 << 20


def write_log(store: Store, run_id: str, name: str, text: str) -> str:
    """Write a text to `logs/<name>`. Returns its path relative to the root. Raises Refused, NotWritten."""
    with store.lock_run(run_id), _open_directory(store, run_id, name) as (directory, base):
        remove_temporaries(directory)
        replace_file(directory, base, text.encode())
        return directory.path_of(base)


@dataclass
class LogFile:
    """A log that a program prints to: its path relative to the root, and a descriptor for reading and writing.

    `problem` says in one line why it is not kept, if so: that decides no verdict. Then it is a file without a name.
    """

    path: str
    descriptor: int
    problem: str | None = None


@contextmanager
def log_file(store: Store, run_id: str, name: str) -> Iterator[LogFile]:
    """A new file `logs/<name>`. It gets its name, and replaces an existing file, at the end of the block."""
    unfinished = f"{name}.{os.getpid()}-{os.urandom(4).hex()}-unfinished"  # `remove_temporaries` keeps that
    log = _create_log(store, run_id, unfinished, name)
    try:
        yield log
    finally:
        if log.problem is None:
            try:
                _finish_log(store, run_id, name, unfinished.rpartition("/")[2], log.descriptor)
            except OrchError as error:
                log.problem = error.message
        os.close(log.descriptor)


@contextmanager
def live_log(store: Store, run_id: str, name: str) -> Iterator[LogFile]:
    """The same, with its name from the start so that it can be followed. It replaces no file."""
    log = _create_log(store, run_id, name, name)
    try:
        yield log
    finally:
        if log.problem is None and os.fstat(log.descriptor).st_nlink == 0:
            log.problem = f"{log.path}: was removed in the meantime"
        os.close(log.descriptor)


class Counter(NamedTuple):
    """A small text file that no other process uses now."""

    descriptor: int

    def read(self) -> str:
        """Its text. Raises OSError."""
        size_bytes = min(os.fstat(self.descriptor).st_size, _MAX_COUNTER_BYTES)
        return os.pread(self.descriptor, size_bytes, 0).decode(errors="replace")

    def append(self, line: str) -> None:
        """Adds a line in one write. Raises OSError."""
        os.write(self.descriptor, line.encode())


@contextmanager
def open_counter(store: Store, run_id: str, name: str) -> Iterator[Counter]:
    """The file `logs/<name>`, created if missing, and locked. Raises Refused, NotWritten."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with (
        store.explain_os_errors(f"{store.workspace.run_path(run_id)}/logs/{name}"),
        _open_directory(store, run_id, name) as (directory, base),
    ):
        descriptor = os.open(base, flags, 0o666, dir_fd=directory.descriptor)
        try:
            _lock(descriptor)
            yield Counter(descriptor)
        finally:
            os.close(descriptor)


def _lock(descriptor: int) -> None:
    """Wait for the lock on a file, which is held for less than a millisecond. Without one where there are no locks."""
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        if error.errno not in (*UNSUPPORTED_ERRNOS, EBADF, ENOLCK):
            raise


def _create_log(store: Store, run_id: str, name: str, final_name: str) -> LogFile:
    path = f"{store.workspace.run_path(run_id)}/logs/{final_name}"
    try:
        with _open_directory(store, run_id, name) as (directory, base):
            return LogFile(path, directory.create_new(base))
    except OrchError as error:
        from tempfile import TemporaryFile  # imported here because it is hardly ever needed

        with TemporaryFile() as file:
            return LogFile(path, os.dup(file.fileno()), error.message)


def _finish_log(store: Store, run_id: str, name: str, unfinished: str, descriptor: int) -> None:
    """Give a log its name. Writes it again if it was removed: a build may well begin with `git clean -fdx`."""
    with _open_directory(store, run_id, name) as (directory, base):
        if not directory.has_file(unfinished, descriptor):
            _copy(descriptor, directory.create_new(unfinished))
        rename_file(directory, unfinished, base)


def _copy(source: int, target: int) -> None:
    from shutil import copyfileobj

    os.lseek(source, 0, os.SEEK_SET)
    with os.fdopen(source, "rb", closefd=False) as old, os.fdopen(target, "wb") as new:
        copyfileobj(old, new)


@contextmanager
def _open_directory(store: Store, run_id: str, name: str) -> Iterator[tuple[Directory, str]]:
    """The directory of `logs/<name>`, created if missing, and the file's name in it. Raises Refused, NotWritten."""
    parent, _, base = f"logs/{name}".rpartition("/")
    with (
        store.explain_os_errors(f"{store.workspace.run_path(run_id)}/logs/{name}"),
        open_run(store.workspace, run_id) as run,
        run.open_below(parent, create=True) as directory,
    ):
        yield directory, base
