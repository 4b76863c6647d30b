"""An exclusive lock between processes, which the system releases however its holder ends.

It is `flock` on a file that is never deleted: if somebody else removes the file (`git clean`), that is noticed and the
file is created again. The process id in it is information only.
"""

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shlex import quote
from typing import Final, NamedTuple

from gate_tests.errors import NotWritten, Refused
from gate_tests.files.regular_file import read_regular_file
from gate_tests.programs.signals import raise_lost_interrupt

_POLL_S: Final = 0.01
_NOTICE_AFTER_S: Final = 0.5
"""How long a wait lasts before it is reported."""


class LockWait(NamedTuple):
    """How long to wait for a lock that another process holds, and how to report the wait."""

    timeout_s: float
    say: Callable[[str], None]


@contextlib.contextmanager
def acquire_lock(root: Path, path: str, what: str, wait: LockWait) -> Iterator[None]:
    """Hold the lock `root/path`. `what` says what its holder does. Raises NotWritten after the time-out, Refused."""
    descriptor = _wait_for_lock(root, path, what, wait)
    try:
        yield
    finally:
        os.close(descriptor)


def is_locked(file: Path) -> bool:
    """Whether a process holds the lock now."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
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


def _wait_for_lock(root: Path, path: str, what: str, wait: LockWait) -> int:
    """The descriptor that holds the lock."""
    started, is_reported = time.monotonic(), False
    while (descriptor := _try_lock(root / path, path)) is None:
        raise_lost_interrupt()
        waited_s = time.monotonic() - started
        if waited_s >= wait.timeout_s:
            raise NotWritten(
                f"{_holder(root / path)} still {what} after {wait.timeout_s:g} s; nothing was recorded",
                next_command="repeat the command, with a longer --lock-timeout where that takes long",
            )
        if waited_s >= _NOTICE_AFTER_S and not is_reported:
            is_reported = True
            until = datetime.now(UTC) + timedelta(seconds=wait.timeout_s - waited_s)
            until_when = f"until {until:%H:%M:%S}Z (--lock-timeout {wait.timeout_s:g})"
            wait.say(f"waiting: {_holder(root / path)} {what}; {until_when}")
        time.sleep(_POLL_S)
    return descriptor


def _try_lock(file: Path, path: str) -> int | None:
    """The descriptor that holds the lock, None if another one does. Programs that are started do not inherit it."""
    try:
        descriptor = _open(file, path)
    except FileNotFoundError:
        return None  # its directory has just been removed; the next try creates it again
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_taken = _is_same_file(file, descriptor)
    except BlockingIOError:
        is_taken = False
    except BaseException:
        os.close(descriptor)
        raise
    if not is_taken:
        os.close(descriptor)
        return None
    _write_process_id(descriptor)
    return descriptor


def _open(file: Path, path: str) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise Refused(f"{path}: is a symlink; a lock is a file of its own", next_command=f"rm {quote(path)}") from None


def _is_same_file(file: Path, descriptor: int) -> bool:
    """Whether the locked file is the one that the next process will open."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(file))
    except FileNotFoundError:
        return False


def _write_process_id(descriptor: int) -> None:
    with contextlib.suppress(OSError):  # it only informs: a full disk is no reason to stop
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _holder(file: Path) -> str:
    try:
        return f"process {int(read_regular_file(file))}"
    except (OSError, ValueError):
        return "somebody else"
