"""How names are really spelled in the folders of a root, where somebody asks for them in another way.

Two names can look the same and differ: in letter case, or in the Unicode form of a letter. Some file systems take them
for the same, so that work done on one machine is missing on another.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from gate_tests.files.confined import stays_below
from gate_tests.sanitize import visible


class Spelling:
    """Knows each folder's names; lists a folder once, and only where something is missing or doubtful."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._listed: dict[str, _Folder] = {}

    def differs(self, path: str) -> bool:
        """Whether what stands at `path` is found only because this file system takes other names for the same."""
        return self._is_lax and self._first_other(path) is not None

    def look_alike(self, path: str) -> str:
        """In words, what stands there under a name that only looks the same; empty where nothing does."""
        other = self._first_other(path)
        return f"but {visible(other)!r} is, spelled otherwise" if other else ""

    @cached_property
    def _is_lax(self) -> bool:
        try:
            return os.path.samefile(self._root / "orchestration", self._root / "ORCHESTRATION")
        except OSError:
            return False

    def _first_other(self, path: str) -> str | None:
        """The first name on the path that is there in another spelling only; None where one is missing altogether."""
        folder = ""
        for name in path.split("/"):
            listed = self._list(folder)
            if name not in listed.names:
                return listed.by_look.get(_look(name))
            folder = f"{folder}{name}/"
        return None

    def _list(self, folder: str) -> "_Folder":
        if folder not in self._listed:
            try:
                names = os.listdir(self._root / folder) if stays_below(self._root, folder) else []
            except OSError:
                names = []
            self._listed[folder] = _Folder(frozenset(names), {_look(name): name for name in names})
        return self._listed[folder]


class _Folder(NamedTuple):
    """The names in a folder, and each of them by what it looks like."""

    names: frozenset[str]
    by_look: dict[str, str]


def _look(name: str) -> str:
    return normalize("NFKC", name).casefold()
