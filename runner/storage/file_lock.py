"""A lock that one process holds at a time, and that ends with the process however it ends.

The lock is `flock` on a file that is never deleted: one that somebody else removed (`git clean`) is noticed and made
again. The process id in it is information only.
"""

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from gate_tests.errors import NotWritten, Refused
from gate_tests.files.regular_file import read_regular_file

_POLL_S = 0.01
_QUIET_S = 0.5
"""How long a wait may be before it is worth a word."""


class LockWait(NamedTuple):
    """How long to wait for somebody else's lock, and how to say that one waits."""

    timeout_s: float
    say: Callable[[str], None]


@contextlib.contextmanager
def acquire_lock(root: Path, path: str, what: str, lock_wait: LockWait) -> Iterator[None]:
    """Holds the lock `root/path`. `what` says what its holder does. Raises NotWritten after the patience has ended."""
    release = _wait(lambda: _take_flock(root, path), what, lock_wait, lambda: _holder(root / path))
    try:
        yield
    finally:
        release()


def is_locked(file: Path) -> bool:
    """Whether somebody holds the lock now."""
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


Release = Callable[[], None]


def _wait(take: Callable[[], Release | None], what: str, lock_wait: LockWait, holder: Callable[[], str]) -> Release:
    began, told = time.monotonic(), False
    while (release := take()) is None:
        waited_s = time.monotonic() - began
        if waited_s >= lock_wait.timeout_s:
            raise NotWritten(
                f"{holder()} still {what} after {lock_wait.timeout_s:g} s; nothing was recorded",
                next_command="repeat the command, with a longer --lock-timeout where that takes long",
            )
        if waited_s >= _QUIET_S and not told:
            told = True
            until = datetime.now(UTC) + timedelta(seconds=lock_wait.timeout_s - waited_s)
            lock_wait.say(
                f"waiting: {holder()} {what}; until {until:%H:%M:%S}Z (--lock-timeout {lock_wait.timeout_s:g})"
            )
        time.sleep(_POLL_S)
    return release


def _take_flock(root: Path, path: str) -> Release | None:
    """Tries once. The descriptor closes with this process, and is not inherited by programs it starts."""
    file = root / path
    try:
        descriptor = _open(file, path)
    except FileNotFoundError:
        return None  # somebody has just removed its folder; the next try makes it anew
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        taken = _is_still(file, descriptor)
    except BlockingIOError:
        taken = False
    except BaseException:
        os.close(descriptor)
        raise
    if not taken:
        os.close(descriptor)
        return None
    _sign(descriptor)
    return lambda: os.close(descriptor)


def _open(file: Path, path: str) -> int:
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        return os.open(file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666)
    except OSError as error:
        if error.errno != errno.ELOOP:
            raise
        raise Refused(f"{path}: is a symlink; a lock is a file of its own", next_command=f"rm {path}") from None


def _is_still(file: Path, descriptor: int) -> bool:
    """Whether what was locked is what the next process will open."""
    try:
        return os.path.samestat(os.fstat(descriptor), os.stat(file))
    except FileNotFoundError:
        return False


def _sign(descriptor: int) -> None:
    with contextlib.suppress(OSError):  # a full disk need not stop what only informs
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def _holder(file: Path) -> str:
    try:
        return f"process {int(read_regular_file(file))}"
    except (OSError, ValueError):
        return "somebody else"
