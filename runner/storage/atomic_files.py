"""Writes files atomically: under a temporary name in the same directory, then renamed or linked.

File and directory are synced before a call returns. Permissions follow the umask.
"""

import contextlib
import os
import time
from itertools import count
from pathlib import Path
from typing import Final

from gate_tests.errors import Refused
from runner import suggestions

TEMPORARY: Final = ".tmp-"
"""The prefix of the names of unfinished files and directories."""

_STALE_S: Final = 3600
"""The age from which no process can still be at work on an unfinished run."""


def create_run_directory(directory: Path, record: bytes) -> None:
    """Create the directory of a run, with its RUN.json. Raises Refused if it exists."""
    unfinished = temporary_name(directory.parent)
    try:
        make_directories(unfinished / "logs")
        replace_file(unfinished / "record/RUN.json", record)
        if directory.exists():
            raise Refused(f"run {directory.name} exists already", next_command=suggestions.show_run(directory.name))
        os.rename(unfinished, directory)
    except BaseException:
        _remove_tree(unfinished)
        raise
    sync_directory(directory.parent)


def remove_stale_temporaries(runs: Path) -> None:
    """Remove what killed processes left of new runs. There is no lock on these, so it is decided by their age."""
    for left in runs.glob(f"{TEMPORARY}*"):
        with contextlib.suppress(FileNotFoundError):  # it has been renamed by now
            if time.time() - left.lstat().st_mtime > _STALE_S:
                _remove_tree(left)


def _remove_tree(directory: Path) -> None:
    from shutil import rmtree  # imported here because that takes longer than most commands

    rmtree(directory, ignore_errors=True)


def create_temporary(directory: Path, content: bytes) -> Path:
    """Write a file under a temporary name that is on disk too, for `os.replace`. Returns its path."""
    make_directories(directory)
    temporary = _write_temporary(directory, content)
    try:
        sync_directory(directory)
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def create_file(path: Path, content: bytes) -> None:
    """Write a new file. Raises FileExistsError, and does not touch an existing one."""
    make_directories(path.parent)
    temporary = _write_temporary(path.parent, content)
    try:
        os.link(temporary, path)
    finally:
        os.unlink(temporary)
    sync_directory(path.parent)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file, in place of an existing one if any. A symlink at `path` is replaced, not followed."""
    make_directories(path.parent)
    temporary = _write_temporary(path.parent, content)
    try:
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):  # it has been renamed: what was raised came after that
            os.unlink(temporary)
        raise
    sync_directory(path.parent)


def back_up_file(path: Path) -> Path:
    """Give the file a second name, the first of `….damaged-1`, `-2`, … that is free. Returns the new path."""
    for number in count(1):
        backup = path.with_name(f"{path.name}.damaged-{number}")
        with contextlib.suppress(FileExistsError):
            os.link(path, backup, follow_symlinks=False)
            break
    sync_directory(path.parent)
    return backup


def make_directories(directory: Path) -> None:
    """Create the directory and its missing parents."""
    if not directory.is_dir():
        make_directories(directory.parent)
        directory.mkdir(exist_ok=True)
        sync_directory(directory.parent)


def list_temporaries(directory: Path) -> list[Path]:
    """What writers that were killed, or are at work, have not yet renamed in `directory`. Raises OSError."""
    return [directory / name for name in sorted(os.listdir(directory)) if name.startswith(TEMPORARY)]


def remove_temporaries(directory: Path) -> None:
    """Remove what killed writers left below `directory`, whose lock must be held. Links are not followed.

    Directories that cannot be read are skipped; they may be nested too deeply for any path.
    """
    directories = [os.fspath(directory)]
    while directories:
        with contextlib.suppress(OSError), os.scandir(directories.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    directories.append(entry.path)
                elif entry.name.startswith(TEMPORARY):
                    with contextlib.suppress(FileNotFoundError):
                        os.unlink(entry.path)


def temporary_name(directory: Path) -> Path:
    """A unique path in `directory`."""
    return directory / f"{TEMPORARY}{os.getpid()}-{os.urandom(8).hex()}"


def sync_directory(directory: Path) -> None:
    """Wait until the names in `directory` are on disk."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_temporary(directory: Path, content: bytes) -> Path:
    name = temporary_name(directory)
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    return name
