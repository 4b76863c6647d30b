"""Opens what lies below a folder, and nothing that does not.

Whoever looks where a path leads and opens it afterwards can be shown one thing and handed another. So the path is
walked here, one name at a time, each opened in the folder that was opened before it, and never through a link: a link
is read, and its target walked in its place.
"""

import errno
import os
from pathlib import Path
from typing import Final

from gate_tests.files.regular_file import READ_ONLY

_FOLDER: Final = os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC | getattr(os, "O_PATH", os.O_RDONLY)
_MOST_LINKS: Final = 40  # as many as Linux follows


class LeavesRoot(Exception):
    """The path leads out of the folder, as written or through a link."""


def stays_below(root: Path, path: str) -> bool:
    """Whether `path`, taken from `root` and symlinks followed, is `root` or below it at this moment."""
    top = os.path.realpath(root)
    real = os.path.realpath(os.path.join(top, path))
    return real == top or real.startswith(top.rstrip("/") + "/")


class Beneath:
    """Opens what lies below `root`. The folder of the file it opened last stays open, for the next one there.

    That folder was reached without any link, and a descriptor stays the folder that it is, whatever takes its name:
    so what is opened in it is what a walk would have opened that had begun a moment sooner. The walk costs more
    than the file at its end.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folder = ""
        self._kept: int | None = None

    def open(self, path: str) -> int:
        """A descriptor of what stands at `path`, to be read. Raises LeavesRoot, OSError."""
        folder, _, name = path.rpartition("/")
        if self._kept is not None and folder == self._folder:
            try:
                return os.open(name, READ_ONLY | os.O_NOFOLLOW, dir_fd=self._kept)
            except OSError:
                pass  # a link, or nothing, or no such folder any more: the walk tells
        return self._walk(folder, path)

    def __del__(self) -> None:
        self._let_go()

    def _let_go(self) -> None:
        if self._kept is not None:
            os.close(self._kept)
            self._kept = None

    def _walk(self, folder: str, path: str) -> int:
        walk = _Walk(self._root, path)
        try:
            opened = walk.to_end()
            if walk.was_straight:
                self._let_go()
                self._folder, self._kept = folder, walk.take_folder()
            return opened
        finally:
            walk.close()


class _Walk:
    """The folders entered so far, the root first, and the names that are still to be walked, the next one last."""

    def __init__(self, root: Path, path: str) -> None:
        self._root = root
        self._folders = [os.open(root, os.O_DIRECTORY | os.O_CLOEXEC)]
        self._names = path.split("/")[::-1]
        self._links = 0
        self.was_straight = not {"", ".", ".."} & {*self._names}
        """Whether each name on the path was that of a folder or file: no link, no way back."""

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

    def take_folder(self) -> int:
        """The folder entered last, for the caller to close."""
        return self._folders.pop()

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
        self.was_straight = False
        if self._links > _MOST_LINKS:
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
        if len(self._folders) == 1:
            raise LeavesRoot("..")
        os.close(self._folders.pop())

    def _leave_all(self) -> None:
        while len(self._folders) > 1:
            self._leave()
