"""Files below a run's `logs/`: packets, the output of programs and agents, markers. git ignores them."""

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
    """Write a text to `logs/<name>`. Returns its path relative to the root."""
    path = _path(store, run_id, name)
    with store.lock_run(run_id), store.explain_os_errors(path):
        replace_file(confined_path(store.workspace, path), text.encode())
    return path


@contextlib.contextmanager
def log_file(store: Store, run_id: str, name: str) -> Iterator[tuple[str, int]]:
    """A new file `logs/<name>`: its path relative to the root, and a descriptor to write to.

    It gets its name, and replaces an existing file, at the end of the block.
    """
    path = _path(store, run_id, name)
    with store.explain_os_errors(path):
        file = _prepare_directory(store, path)
        unfinished = f"{file}.{os.getpid()}-unfinished"  # not a name that `remove_temporaries` removes
        descriptor = os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    try:
        yield path, descriptor
    finally:
        os.close(descriptor)
        with store.explain_os_errors(path):
            os.replace(unfinished, file)


@contextlib.contextmanager
def live_log(store: Store, run_id: str, name: str) -> Iterator[tuple[str, "FileIO"]]:
    """The same, with its name from the start so that it can be followed. Raises NotWritten if the file exists."""
    path = _path(store, run_id, name)
    with store.explain_os_errors(path):
        log = _prepare_directory(store, path).open("xb", buffering=0)
    with log:
        yield path, log


def create_marker(store: Store, run_id: str, name: str) -> bool:
    """Create an empty file `logs/<name>`; False if it exists. Of several processes, one gets True."""
    path = _path(store, run_id, name)
    with store.explain_os_errors(path):
        file = _prepare_directory(store, path)
        try:
            os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666))
        except FileExistsError:
            return False
    return True


def _path(store: Store, run_id: str, name: str) -> str:
    return f"{store.workspace.run_path(run_id)}/logs/{name}"


def _prepare_directory(store: Store, path: str) -> Path:
    """Create the directory of the file. Returns the file's path."""
    file = confined_path(store.workspace, path)
    make_directories(file.parent)
    return file
