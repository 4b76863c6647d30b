"""Writes files atomically: under a temporary name in the same directory, then renamed or linked.

File and directory are synced before a call returns. Permissions follow the umask. Names are relative to an open
directory, so that a symlink on its path cannot redirect a write.
"""

import contextlib
import errno
import os
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Final

from gate_tests.errors import Refused
from gate_tests.files.directory import UNSUPPORTED_ERRNOS, Directory, sync_directory
from gate_tests.files.regular_file import READ_ONLY
from gate_tests.workspace.names import NEW_RECORD, TEMPORARY
from runner import suggestions

_STALE_S: Final = 3600
"""The age from which no process can still be at work on an unfinished run."""

_NO_LINK_ERRNOS: Final = (*UNSUPPORTED_ERRNOS, errno.EPERM, errno.EMLINK)
"""Errors of a file system that refuses hard links, such as FAT and some FUSE and network file systems."""


def create_run_directory(runs: Directory, run_id: str, record: bytes) -> None:
    """Create the directory of a run in `runs`, with its RUN.json. Raises Refused if it exists, OSError."""
    unfinished = temporary_name()
    try:
        with runs.open_below(unfinished, create=True) as directory:
            directory.open_below("logs", create=True).close()
            with directory.open_below("record", create=True) as created:
                replace_file(created, "RUN.json", record)
        if runs.exists(run_id):
            raise Refused(f"run {run_id} exists already", next_command=suggestions.show_run(run_id))
        with runs.naming(run_id):
            os.rename(unfinished, run_id, src_dir_fd=runs.descriptor, dst_dir_fd=runs.descriptor)
    except BaseException:
        _remove_tree(runs, unfinished)
        raise
    sync_directory(runs.descriptor)


def remove_stale_temporaries(runs: Directory) -> None:
    """Remove what killed processes left of new runs. There is no lock on these, so it is decided by their age."""
    for name in _list_temporaries(runs):
        with contextlib.suppress(OSError):  # it has been renamed by now, or belongs to another user
            status = os.stat(name, dir_fd=runs.descriptor, follow_symlinks=False)
            if time.time() - status.st_mtime > _STALE_S:
                _remove_tree(runs, name)


def _remove_tree(directory: Directory, name: str) -> None:
    from shutil import rmtree  # imported here because that takes longer than most commands

    rmtree(name, ignore_errors=True, dir_fd=directory.descriptor)


def create_new_record(directory: Directory, content: bytes) -> str:
    """Write the new RUN.json under a temporary name that is on disk too, for `rename_file`. Returns that name.

    It is always the same, so that a list of runs can ask for it, unless a file of another user has it.
    """
    temporary = NEW_RECORD
    try:
        _write_temporary(directory, "RUN.json", content, temporary)
    except FileExistsError:
        temporary = _write_temporary(directory, "RUN.json", content)
    try:
        sync_directory(directory.descriptor)
    except BaseException:
        os.unlink(temporary, dir_fd=directory.descriptor)
        raise
    return temporary


def create_file(directory: Directory, name: str, content: bytes) -> None:
    """Write a new file. Raises FileExistsError, and does not touch an existing one."""
    temporary = _write_temporary(directory, name, content)
    try:
        with directory.naming(name):
            _link(directory, temporary, name)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=directory.descriptor)
    sync_directory(directory.descriptor)


def replace_file(directory: Directory, name: str, content: bytes, check: Callable[[], object] = lambda: None) -> None:
    """Write a file, in place of an existing one if any. A symlink with that name is replaced, not followed.

    `check` is called at the last moment; if it raises, nothing is replaced.
    """
    temporary = _write_temporary(directory, name, content)
    try:
        check()
        rename_file(directory, temporary, name)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):  # it has been renamed: what was raised came after that
            os.unlink(temporary, dir_fd=directory.descriptor)
        raise
    sync_directory(directory.descriptor)


def rename_file(directory: Directory, old: str, new: str) -> None:
    """Rename a file in the directory, in place of an existing one. Not yet synced."""
    with directory.naming(new):
        os.replace(old, new, src_dir_fd=directory.descriptor, dst_dir_fd=directory.descriptor)


def back_up_file(directory: Directory, name: str) -> str:
    """Give the file a second name, the first of `….damaged-1`, `-2`, … that is free. Returns the new name.

    It is a copy where the file system refuses hard links.
    """
    for number in count(1):
        backup = f"{name}.damaged-{number}"
        with contextlib.suppress(FileExistsError), directory.naming(backup):
            _link_or_copy(directory, name, backup)
            break
    sync_directory(directory.descriptor)
    return backup


def list_temporaries(directory: Path | int) -> list[str]:
    """The names of what writers that were killed, or are at work, have not yet renamed. Raises OSError."""
    return sorted(name for name in os.listdir(directory) if name.startswith(TEMPORARY))


def remove_temporaries(directory: Directory) -> None:
    """Remove the files that killed writers left in a directory where nobody else may write now.

    What vanishes meanwhile, or may not be removed because it belongs to another user, is no error.
    """
    for name in _list_temporaries(directory):
        with contextlib.suppress(OSError):
            os.unlink(name, dir_fd=directory.descriptor)


def _list_temporaries(directory: Directory) -> list[str]:
    with directory.naming(""):
        return list_temporaries(directory.descriptor)


def temporary_name() -> str:
    """A unique name."""
    return f"{TEMPORARY}{os.getpid()}-{os.urandom(8).hex()}"


def _link(directory: Directory, temporary: str, name: str) -> None:
    """Give a file its name, which must be free. Raises FileExistsError.

    Without hard links the name is reserved by an empty file, which is then replaced.
    """
    try:
        os.link(temporary, name, src_dir_fd=directory.descriptor, dst_dir_fd=directory.descriptor)
    except OSError as error:
        if error.errno not in _NO_LINK_ERRNOS:
            raise
        os.close(directory.create_new(name))
        try:
            rename_file(directory, temporary, name)
        except OSError:
            os.unlink(name, dir_fd=directory.descriptor)
            raise


def _link_or_copy(directory: Directory, name: str, copy: str) -> None:
    fd = directory.descriptor
    try:
        os.link(name, copy, src_dir_fd=fd, dst_dir_fd=fd, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINK_ERRNOS:
            raise
        descriptor = os.open(name, READ_ONLY | os.O_NOFOLLOW, dir_fd=fd)
        with os.fdopen(descriptor, "rb") as file:
            create_file(directory, copy, file.read())


def _write_temporary(directory: Directory, name: str, content: bytes, temporary: str | None = None) -> str:
    temporary = temporary or temporary_name()
    with directory.naming(name):
        descriptor = directory.create_new(temporary)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary, dir_fd=directory.descriptor)
            raise
    return temporary
