"""An exclusive lock between processes, which the system releases however its holder ends.

It is `flock` on a directory that exists anyway, so that there is no lock file that another process could remove.
"""

import contextlib
import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from errno import EBADF, ENOLCK
from pathlib import Path
from typing import Final, NamedTuple

from gate_tests.errors import NotWritten
from gate_tests.files.directory import UNSUPPORTED_ERRNOS, Directory
from gate_tests.programs.signals import raise_lost_interrupt

_POLL_S: Final = 0.01
_NOTICE_AFTER_S: Final = 0.5
"""How long a wait lasts before it is reported."""

_NO_LOCK_ERRNOS: Final = (*UNSUPPORTED_ERRNOS, EBADF, ENOLCK)
"""Errors of a file system that cannot lock a directory: some network file systems require it open for writing."""

_PROC_LOCKS: Final = Path("/proc/locks")
_HELD: Final = r"\d+: FLOCK +ADVISORY +WRITE (\d+) ([0-9a-f]+):([0-9a-f]+):(\d+) "


class LockHeld(NotWritten):
    """Another process held the lock until the time-out."""


class LockWait(NamedTuple):
    """How long to wait for a lock that another process holds, and how to report the wait."""

    timeout_s: float
    say: Callable[[str], None]


@contextlib.contextmanager
def acquire_lock(path: Path, open_directory: Callable[[], Directory], what: str, wait: LockWait) -> Iterator[Directory]:
    """Hold the lock on the directory `path`, which each try opens anew. `what` says what the holder does.

    Programs that are started do not inherit it. Raises LockHeld after the time-out, NotWritten where there are no
    locks, and what `open_directory` raises.
    """
    with _wait_for_lock(path, open_directory, what, wait) as directory:
        yield directory


def is_locked(directory: Path) -> bool:
    """Whether a process holds the lock now."""
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


def check_in_place(path: Path, directory: Directory) -> None:
    """Raises NotWritten if the locked directory is no longer at its path: the lock would exclude nobody."""
    if not _is_in_place(path, directory):
        raise NotWritten(f"{directory.path}: was moved or replaced by another process; the record was not written")


def _wait_for_lock(path: Path, open_directory: Callable[[], Directory], what: str, wait: LockWait) -> Directory:
    """The directory that is locked until it is closed."""
    started, is_reported = time.monotonic(), False
    while (directory := _try_lock(path, open_directory)) is None:
        raise_lost_interrupt()
        waited_s = time.monotonic() - started
        if waited_s >= wait.timeout_s:
            raise LockHeld(
                f"{_find_holder(path)} is still {what} after {wait.timeout_s:g} s (--lock-timeout);"
                " nothing was recorded",
                advice="repeat the command, with a longer --lock-timeout if necessary",
            )
        if waited_s >= _NOTICE_AFTER_S and not is_reported:
            is_reported = True
            until = datetime.now(UTC) + timedelta(seconds=wait.timeout_s - waited_s)
            until_when = f"until {until:%H:%M:%S}Z (--lock-timeout {wait.timeout_s:g})"
            wait.say(f"waiting: {_find_holder(path)} is {what}; {until_when}")
        time.sleep(_POLL_S)
    return directory


def _try_lock(path: Path, open_directory: Callable[[], Directory]) -> Directory | None:
    """The locked directory, None if another process has the lock or has just removed the directory."""
    try:
        directory = open_directory()
    except FileNotFoundError:
        return None  # the next try finds another, or creates it
    is_taken = False
    try:
        fcntl.flock(directory.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_taken = _is_in_place(path, directory)
    except BlockingIOError:
        pass
    except OSError as error:
        if error.errno not in _NO_LOCK_ERRNOS:
            raise
        raise NotWritten(
            f"{directory.path}: cannot be locked on this file system ({error.strerror}); nothing was recorded",
            advice="move the repository to a local file system, then repeat the command",
        ) from None
    finally:
        if not is_taken:
            directory.close()
    return directory if is_taken else None


def _is_in_place(path: Path, directory: Directory) -> bool:
    """Whether the open directory is the one that the next process will open."""
    try:
        return os.path.samestat(os.fstat(directory.descriptor), os.stat(path))
    except (FileNotFoundError, NotADirectoryError):
        return False


def _find_holder(directory: Path) -> str:
    """Who holds the lock, for messages: the process where the system names it, as Linux does."""
    with contextlib.suppress(OSError):
        status = os.stat(directory)
        expected = (os.major(status.st_dev), os.minor(status.st_dev), status.st_ino)
        for process, major, minor, inode in re.findall(_HELD, _PROC_LOCKS.read_text()):
            if (int(major, 16), int(minor, 16), int(inode)) == expected:
                return f"process {process}"
    return "another process"
