"""Opens what lies below a folder, and nothing that does not.

Whoever looks where a path leads and opens it afterwards can be shown one thing and handed another. So the path is
walked here, one name at a time, each opened in the folder that was opened before it, and never through a link: a link
is read, and its target walked in its place.
"""

import errno
import os
from pathlib import Path

from gate_tests.files import READ_ONLY

_FOLDER = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
_MOST_LINKS = 40  # as many as Linux follows


class LeavesRoot(Exception):
    """The path leads out of the folder, as written or through a link."""


def open_beneath(root: Path, path: str) -> int:
    """A descriptor of what stands at `path` below `root`, to be read. Raises LeavesRoot, OSError."""
    walk = _Walk(root, path)
    try:
        return walk.to_end()
    finally:
        walk.close()


class _Walk:
    """The folders entered so far, the root first, and the names that are still to be walked, the next one last."""

    def __init__(self, root: Path, path: str) -> None:
        self._root = os.path.realpath(root)
        self._folders = [os.open(root, os.O_DIRECTORY | os.O_CLOEXEC)]
        self._names = path.split("/")[::-1]
        self._links = 0

    def to_end(self) -> int:
        while self._names:
            name = self._names.pop()
            if name == "..":
                self._leave()
            elif name not in ("", "."):
                opened = self._open(name)
                if opened is not None and not self._names:
                    return opened
                if opened is not None:
                    self._folders.append(opened)
        return os.open(".", READ_ONLY, dir_fd=self._folders[-1])

    def close(self) -> None:
        for folder in self._folders:
            os.close(folder)

    def _open(self, name: str) -> int | None:
        """The descriptor of `name`; None where it is a link, whose target is walked next."""
        flags = _FOLDER if self._names else READ_ONLY | os.O_NOFOLLOW
        try:
            return os.open(name, flags, dir_fd=self._folders[-1])
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK):
                raise
            self._follow(name, error)
            return None

    def _follow(self, name: str, refused: OSError) -> None:
        try:
            target = os.readlink(name, dir_fd=self._folders[-1])
        except OSError:
            raise refused from None  # no link
        self._links += 1
        if self._links > _MOST_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if target.startswith("/"):
            target = self._below_root(target)
            self._leave_all()
        self._names += target.split("/")[::-1]

    def _below_root(self, target: str) -> str:
        real = os.path.realpath(target)
        if real != self._root and not real.startswith(self._root.rstrip("/") + "/"):
            raise LeavesRoot(target)
        return real[len(self._root) :]

    def _leave(self) -> None:
        if len(self._folders) == 1:
            raise LeavesRoot("..")
        os.close(self._folders.pop())

    def _leave_all(self) -> None:
        while len(self._folders) > 1:
            self._leave()
