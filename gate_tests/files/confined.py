"""Opens files below a directory, and never a file outside it.

Checking a path and then opening it is a race (TOCTOU). So the path is walked name by name, each opened with `dir_fd` of
its parent and `O_NOFOLLOW`; a symlink is read, and its target walked in its place.
"""

import errno
import os
from functools import cached_property
from pathlib import Path
from typing import Final

from gate_tests.files.regular_file import READ_ONLY

_O_PATH: Final = getattr(os, "O_PATH", os.O_RDONLY)
_OPEN_DIRECTORY: Final = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | _O_PATH
_OPEN_LINK: Final = os.O_NOFOLLOW | os.O_CLOEXEC | _O_PATH
_MAX_LINKS: Final = 40  # the limit of Linux


class LeavesRoot(Exception):
    """The path leads out of the root, as written or through a symlink."""


def is_inside_root(root: Path, path: str) -> bool:
    """Whether `path`, relative to `root` and with symlinks resolved, is `root` or below it right now."""
    top = os.path.realpath(root)
    real = os.path.realpath(os.path.join(top, path))
    return real == top or real.startswith(top.rstrip("/") + "/")


class ConfinedRoot:
    """Opens files below `root`. Keeps the directory of the last file open, for the next file in it.

    The walk costs more than opening the file. The directory was reached without symlinks, and is reused only as long
    as it is still at its path: it may have been moved, even out of the root, or another be in its place.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._directory = ""
        self._real_path = ""
        self._descriptor: int | None = None
        self._link: int | None = None
        """Of the link in /proc to the open directory: to read it costs less than to find it each time."""

    def open(self, path: str) -> int:
        """A read-only descriptor of `path`, which the caller closes. Raises LeavesRoot, OSError."""
        directory, _, name = path.rpartition("/")
        if self._descriptor is not None and directory == self._directory and self._is_in_place():
            try:
                return os.open(name, READ_ONLY | os.O_NOFOLLOW, dir_fd=self._descriptor)
            except OSError:
                pass  # a symlink, missing, or moved: the walk decides
        return self._walk(directory, path)

    @cached_property
    def _real_root(self) -> str:
        return os.path.realpath(self._root)

    def _is_in_place(self) -> bool:
        """Whether the open directory is at its path. False where the system does not say: it has no /proc.

        The `stat` of the path would not do: it follows a symlink that has taken the place of a directory further up.
        """
        try:
            if self._link is None:
                self._link = os.open(f"/proc/self/fd/{self._descriptor}", _OPEN_LINK)
            return os.readlink("", dir_fd=self._link) == self._real_path
        except OSError:
            return False

    def __del__(self) -> None:
        self._close()

    def _close(self) -> None:
        for descriptor in (self._descriptor, self._link):
            if descriptor is not None:
                os.close(descriptor)
        self._descriptor = self._link = None

    def _walk(self, directory: str, path: str) -> int:
        walk = _Walk(self._root, path)
        try:
            opened = walk.open_end()
            if not walk.has_links:
                self._close()
                self._directory, self._descriptor = directory, walk.take_parent()
                self._real_path = os.path.join(self._real_root, directory) if directory else self._real_root
            return opened
        finally:
            walk.close()


class _Walk:
    """The open directories from the root on, and the names that remain, the next one last."""

    def __init__(self, root: Path, path: str) -> None:
        self._root = root
        self._directories = [os.open(root, os.O_DIRECTORY | os.O_CLOEXEC)]
        self._names = path.split("/")[::-1]
        self._link_count = 0
        self.has_links = bool({"", ".", ".."} & {*self._names})
        """Whether a name on the path is a symlink, or `.`, `..` or empty."""

    def open_end(self) -> int:
        while self._names:
            name = self._names.pop()
            if name == "..":
                self._leave()
            elif name not in ("", "."):
                opened = self._open(name)
                if opened is not None and not self._names:
                    return opened
                if opened is not None:
                    self._directories.append(opened)
        return os.open(".", READ_ONLY, dir_fd=self._directories[-1])

    def take_parent(self) -> int:
        """The directory of the opened file, which the caller closes."""
        return self._directories.pop()

    def close(self) -> None:
        for directory in self._directories:
            os.close(directory)

    def _open(self, name: str) -> int | None:
        """A descriptor of `name`; None if it is a symlink, whose target is walked next."""
        flags = _OPEN_DIRECTORY if self._names else READ_ONLY | os.O_NOFOLLOW
        try:
            return os.open(name, flags, dir_fd=self._directories[-1])
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.ENOTDIR, errno.EMLINK):
                raise
            self._follow(name, error)
            return None

    def _follow(self, name: str, open_error: OSError) -> None:
        try:
            target = os.readlink(name, dir_fd=self._directories[-1])
        except OSError:
            raise open_error from None  # not a symlink
        self._link_count += 1
        self.has_links = True
        if self._link_count > _MAX_LINKS:
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
        if target.startswith("/"):
            target = self._below_root(target)
            self._leave_all()
        self._names += target.split("/")[::-1]

    def _below_root(self, target: str) -> str:
        root, real = os.path.realpath(self._root), os.path.realpath(target)
        if real != root and not real.startswith(root.rstrip("/") + "/"):
            raise LeavesRoot(target)
        return real[len(root) :]

    def _leave(self) -> None:
        if len(self._directories) == 1:
            raise LeavesRoot("..")
        os.close(self._directories.pop())

    def _leave_all(self) -> None:
        while len(self._directories) > 1:
            self._leave()
