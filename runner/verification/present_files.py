"""The files as they are now: in the work tree, in a commit or in the index."""

import os
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

from gate_tests.files.confined import ConfinedRoot, LeavesRoot
from gate_tests.files.hashing import FileHasher
from runner.verification.two_processes import map_in_two

_MANY_FILES: Final = 500
"""Number of files from which on another process reads some of them."""

_SHARE: Final = 0.55
"""How many of them: more than half, because this process verifies the record meanwhile."""
_MOST_FILES: Final = 100_000
"""When more have been read they are forgotten, so that the memory does not grow with the runs."""


class PresentFile(NamedTuple):
    """A file that exists. `sha256` is None for a directory and for what cannot be read; `problem` says why.

    `modified_at` is in seconds since 1970; None where that is not known.
    """

    sha256: str | None
    size_bytes: int = 0
    modified_at: float | None = None
    problem: str | None = None


Copies = Mapping[str, Sequence[str]]
"""By SHA-256, the paths of the files with these bytes."""


class PresentFiles(Protocol):
    """Where recorded files are looked for."""

    def read(self, path: str) -> PresentFile | None:
        """The file at the path relative to the root; None if there is none."""
        ...

    def prepare(self, paths: Iterable[str]) -> None:
        """Read these files together, if that is faster, for the calls of `read` that follow."""
        ...

    def find_copies(self, sizes_by_hash: Mapping[str, int | None]) -> Copies:
        """The files that git tracks with these SHA-256 hashes. Sizes as far as known."""
        ...

    def explain(self, paths: Collection[str]) -> Mapping[str, str]:
        """Why files are missing, or are not what was recorded, as far as git has to do with it."""
        ...


class WorkTreeFiles:
    """The files below the root. Each is read once."""

    def __init__(self, root: Path) -> None:
        self._root = ConfinedRoot(root)
        self._hasher = FileHasher()
        self._read: dict[str, PresentFile | None] = {}
        self._pending: Iterator[tuple[str, PresentFile | None]] | None = None

    def read(self, path: str) -> PresentFile | None:
        """The file at the path; None if there is none."""
        if path not in self._read and self._pending:
            pending, self._pending = self._pending, None
            self._read.update(pending)
        if path not in self._read:
            self._read[path] = self._read_once(path)
        return self._read[path]

    def prepare(self, paths: Iterable[str]) -> None:
        """Start to read many files in another process; this one reads the rest as soon as one of them is asked for."""
        if len(self._read) > _MOST_FILES:
            self._read = {}
        unread = [path for path in dict.fromkeys(paths) if path not in self._read]
        self._pending = None
        if len(unread) >= _MANY_FILES:
            read = map_in_two(self._read_plain, unread, _MANY_FILES, _SHARE)
            self._pending = ((path, PresentFile(*row) if row else None) for path, row in zip(unread, read, strict=True))
            self._read.update([next(self._pending)])

    def _read_plain(self, path: str) -> tuple[Any, ...] | None:
        """The file as a plain tuple, which another process sends in a quarter of the time."""
        present = self._read_once(path)
        return tuple(present) if present else None

    def _read_once(self, path: str) -> PresentFile | None:
        try:
            descriptor = self._root.open(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except LeavesRoot:
            return PresentFile(None, problem="is outside the root (through a symlink)")
        except (OSError, ValueError) as error:
            return PresentFile(None, problem=f"cannot be read: {getattr(error, 'strerror', None) or error}")
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode):
                return PresentFile(None, problem="is not a file")
            hashed = self._hasher.hash_file(descriptor, found.st_size, None, path)
            return PresentFile(hashed.sha256, hashed.size_bytes, found.st_mtime)
        except OSError as error:
            return PresentFile(None, problem=f"cannot be read: {error.strerror or error}")
        finally:
            os.close(descriptor)

    def find_copies(self, sizes_by_hash: Mapping[str, int | None]) -> Copies:
        """None without git."""
        return {}

    def explain(self, paths: Collection[str]) -> Mapping[str, str]:
        """Nothing without git."""
        return {}
