"""Files below a run's `logs/`: packets, what programs and agents print, marks. git does not keep them."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from runner.storage.atomic_files import make_directories, replace_file
from runner.storage.confined_paths import confined_path
from runner.storage.store import Store

if TYPE_CHECKING:
    from io import FileIO


def write_log(store: Store, run_id: str, name: str, text: str) -> str:
    """Writes a text as `logs/<name>`; gives its path relative to the root."""
    path = _path(store, run_id, name)
    with store.lock_run(run_id), store.explain_os_errors(path):
        replace_file(confined_path(store.workspace, path), text.encode())
    return path


@contextlib.contextmanager
def log_file(store: Store, run_id: str, name: str) -> Iterator[tuple[str, int]]:
    """A new file `logs/<name>`: its path relative to the root, and a descriptor to write it by.

    It comes into its place when the block is over; what stood there before is replaced.
    """
    path = _path(store, run_id, name)
    with store.explain_os_errors(path):
        file = _in_folder(store, path)
        unfinished = f"{file}.{os.getpid()}-unfinished"  # no name that another writer would sweep away
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    try:
        yield path, descriptor
    finally:
        os.close(descriptor)
        with store.explain_os_errors(path):
            os.replace(unfinished, file)


@contextlib.contextmanager
def live_log(store: Store, run_id: str, name: str) -> Iterator[tuple[str, "FileIO"]]:
    """The same, in its place from the start, for whoever wants to read along. Nothing may stand there before."""
    path = _path(store, run_id, name)
    with store.explain_os_errors(path):
        log = _in_folder(store, path).open("xb", buffering=0)
    with log:
        yield path, log


def create_marker(store: Store, run_id: str, name: str) -> bool:
    """Makes an empty file `logs/<name>`; False where there is one. Of several at once, one makes it."""
    path = _path(store, run_id, name)
    with store.explain_os_errors(path):
        file = _in_folder(store, path)
        try:
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
        except FileExistsError:
            return False
    return True


def _path(store: Store, run_id: str, name: str) -> str:
    return f"{store.workspace.run_path(run_id)}/logs/{name}"


def _in_folder(store: Store, path: str) -> Path:
    """Where the file belongs; the folder exists by now."""
    file = confined_path(store.workspace, path)
    make_directories(file.parent)
    return file
