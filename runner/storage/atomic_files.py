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

_TRIES: Final = 20
"""How often a file is written while another process removes temporaries, as `git clean -fdx` does."""

_NO_LINK_ERRNOS: Final = (*UNSUPPORTED_ERRNOS, errno.EPERM, errno.EACCES, errno.EMLINK)
"""Errors where hard links are refused: by FAT, some FUSE and network file systems, and the rules of Android."""


def create_run_directory(runs: Directory, run_id: str, record: bytes) -> None:
    """Create the directory of a run in `runs`, with its RUN.json. Raises Refused if it exists, OSError."""
    unfinished = temporary_name()
    try:
        with runs.open_below(unfinished, create=True) as directory:
            directory.open_below("logs", create=True).close()
            with directory.open_below("record", create=True) as created:
                replace_file(created, "RUN.json", record)
        if runs.exists(run_id):
            raise Refused(f"run {run_id} already exists", next_command=suggestions.show_run(run_id))
        with runs.naming(run_id):
            os.rename(unfinished, run_id, src_dir_fd=runs.descriptor, dst_dir_fd=runs.descriptor)
    except BaseException:
        _remove_unfinished_run(runs, unfinished)
        raise
    sync_directory(runs.descriptor)


def remove_stale_temporaries(runs: Directory) -> None:
    """Remove what killed processes left of new runs. There is no lock on these, so it is decided by their age."""
    for name in _list_temporaries(runs):
        with contextlib.suppress(OSError):  # it has been renamed by now, or belongs to another user
            status = os.stat(name, dir_fd=runs.descriptor, follow_symlinks=False)
            if time.time() - status.st_mtime > _STALE_S:
                _remove_unfinished_run(runs, name)


def _remove_unfinished_run(runs: Directory, name: str) -> None:
    """Remove what `create_run_directory` creates. A directory with anything else in it is left, however deep it is."""
    with contextlib.suppress(OSError, Refused), runs.open_below(name) as unfinished:
        for part in ("logs", "record"):
            with contextlib.suppress(OSError, Refused), unfinished.open_below(part) as directory:
                for file in os.listdir(directory.descriptor):
                    os.unlink(file, dir_fd=directory.descriptor)
                os.rmdir(part, dir_fd=unfinished.descriptor)
        os.rmdir(name, dir_fd=runs.descriptor)


def create_new_record(directory: Directory, content: bytes) -> str:
    """Write the new RUN.json under a temporary name that is on disk too, for `rename_new_record`. Returns that name.

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
        remove_if_exists(directory, temporary)
        raise
    return temporary


def rename_new_record(directory: Directory, temporary: str, content: bytes) -> None:
    """Give the new RUN.json its name. Writes it again if the temporary was removed. Not yet synced."""
    try:
        rename_file(directory, temporary, "RUN.json")
    except FileNotFoundError:
        replace_file(directory, "RUN.json", content)


def create_file(directory: Directory, name: str, content: bytes) -> None:
    """Write a new file. Raises FileExistsError, and does not touch an existing one."""
    _write_file(directory, name, content, _link)


def replace_file(directory: Directory, name: str, content: bytes, check: Callable[[], object] = lambda: None) -> None:
    """Write a file, in place of an existing one if any. A symlink with that name is replaced, not followed.

    `check` is called at the last moment; if it raises, nothing is replaced.
    """

    def check_and_rename(directory: Directory, temporary: str, name: str) -> None:
        check()
        rename_file(directory, temporary, name)

    _write_file(directory, name, content, check_and_rename)


def _write_file(
    directory: Directory, name: str, content: bytes, give_name: Callable[[Directory, str, str], object]
) -> None:
    """Write a file under a temporary name, then give it its own. Again where the temporary vanishes before that."""
    for tries_left in reversed(range(_TRIES)):
        temporary = _write_temporary(directory, name, content)
        try:
            give_name(directory, temporary, name)
            break
        except BaseException as error:
            remove_if_exists(directory, temporary)
            if not (tries_left and isinstance(error, FileNotFoundError)):
                raise
    sync_directory(directory.descriptor)


def remove_if_exists(directory: Directory, name: str) -> None:
    """Remove a file, unless it has vanished or been renamed."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(name, dir_fd=directory.descriptor)


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
    """Remove the files that killed writers left in a directory where no other process may write now.

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
    fd = directory.descriptor
    try:
        with directory.naming(name):
            os.link(temporary, name, src_dir_fd=fd, dst_dir_fd=fd, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINK_ERRNOS:
            raise
        os.close(directory.create_new(name))
        try:
            rename_file(directory, temporary, name)
        except OSError:
            remove_if_exists(directory, name)
            raise
    else:
        remove_if_exists(directory, temporary)


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
