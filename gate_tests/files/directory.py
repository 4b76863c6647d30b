"""An open directory, in which files are opened and created by name.

Checking a path and then writing to it is a race (TOCTOU): a directory on it may become a symlink in between. An open
directory stays the same, wherever its path leads by then.
"""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from gate_tests import suggestions
from gate_tests.errors import Refused

UNSUPPORTED_ERRNOS: Final = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EOPNOTSUPP)
"""Errors of a file system that lacks an operation."""

_OPEN: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class Directory:
    """An open directory, a context manager that closes it. `path` names it in messages.

    A method that raises OSError names the refused file in `filename`.
    """

    def __init__(self, descriptor: int, path: str) -> None:
        self.descriptor = descriptor
        self.path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open `path`, symlinks followed. The paths of what is below are relative to it. Raises OSError."""
        return cls(os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC), "")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close it. That releases a lock on it."""
        os.close(self.descriptor)

    def path_of(self, name: str) -> str:
        """The path of an entry, or of the directory itself if `name` is empty, for messages."""
        return "/".join(filter(None, (self.path, name)))

    def exists(self, name: str) -> bool:
        """Whether there is an entry of that name, be it a dangling symlink."""
        try:
            os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return True

    def has_file(self, name: str, descriptor: int) -> bool:
        """Whether the open file `descriptor` still has that name."""
        try:
            found = os.stat(name, dir_fd=self.descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return os.path.samestat(found, os.fstat(descriptor))

    def open_below(self, path: str, *, create: bool = False) -> "Directory":
        """Open a directory below this one, created with its parents if `create`. Raises Refused for a symlink, OSError.

        The caller closes it.
        """
        name, _, rest = path.partition("/")
        child = self._open_child(name, create)
        if not rest:
            return child
        with child:
            return child.open_below(rest, create=create)

    def create_new(self, name: str) -> int:
        """A descriptor of a new file to read and write, which the caller closes. Raises FileExistsError, OSError."""
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with self.naming(name):
            return os.open(name, flags, 0o666, dir_fd=self.descriptor)

    @contextlib.contextmanager
    def naming(self, name: str) -> Iterator[None]:
        """Make an OSError of the block name this entry; the system knows no more than a name, often a temporary one."""
        try:
            yield
        except OSError as error:
            error.filename, error.filename2 = self.path_of(name), None
            raise

    def _open_child(self, name: str, create: bool) -> "Directory":
        with self.naming(name):
            try:
                return self._open_existing(name)
            except FileNotFoundError:
                if not create:
                    raise
            with contextlib.suppress(FileExistsError):  # another process has just created it
                os.mkdir(name, dir_fd=self.descriptor)
            sync_directory(self.descriptor)
            return self._open_existing(name)

    def _open_existing(self, name: str) -> "Directory":
        try:
            return Directory(os.open(name, _OPEN, dir_fd=self.descriptor), self.path_of(name))
        except OSError:
            refuse_symlink(name, self.path_of(name), self.descriptor)
            raise


def refuse_symlink(file: str | Path, path: str, directory: int | None = None) -> None:
    """Raises Refused where `file`, called `path` in the message, is a symlink."""
    try:
        os.readlink(file, dir_fd=directory)
    except OSError:
        return
    raise Refused(f"{path}: is a symlink, and symlinks are not followed here", next_command=suggestions.show_path(path))


def sync_directory(descriptor: int) -> None:
    """Wait until the names in an open directory are on disk, where its file system supports that."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in UNSUPPORTED_ERRNOS:
            raise
