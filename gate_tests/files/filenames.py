"""Finds names that look like a given one but differ in letter case or Unicode normalization.

Some file systems treat such names as equal, so work that was done on one machine is missing on another.
"""

import os
from functools import cached_property
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from gate_tests.files.confined import is_inside_root
from gate_tests.sanitize import escape_controls


class SimilarNames:
    """Looks up names in the directories below `root`. Each directory is listed once, and only if needed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._listings: dict[str, _Listing] = {}

    def is_similar_only(self, path: str) -> bool:
        """Whether this file system finds `path` although it exists under a similar name only."""
        return self._ignores_case and self._find_similar(path) is not None

    def describe_similar(self, path: str) -> str | None:
        """The similar name that exists instead of one on the path, for messages; None if there is none."""
        similar = self._find_similar(path)
        return f"similar name: {escape_controls(similar)!r}" if similar else None

    @cached_property
    def _ignores_case(self) -> bool:
        try:
            return os.path.samefile(self._root / "orchestration", self._root / "ORCHESTRATION")
        except OSError:
            return False

    def _find_similar(self, path: str) -> str | None:
        """For the first name on the path that is not listed, the name that looks like it."""
        directory = ""
        for name in path.split("/"):
            listing = self._list(directory)
            if name not in listing.names:
                return listing.by_folded_name.get(_fold_name(name))
            directory = f"{directory}{name}/"
        return None

    def _list(self, directory: str) -> "_Listing":
        if directory not in self._listings:
            try:
                names = os.listdir(self._root / directory) if is_inside_root(self._root, directory) else []
            except OSError:
                names = []
            self._listings[directory] = _Listing(frozenset(names), {_fold_name(name): name for name in names})
        return self._listings[directory]


class _Listing(NamedTuple):
    """The names in a directory, and each of them by its folded form."""

    names: frozenset[str]
    by_folded_name: dict[str, str]


def _fold_name(name: str) -> str:
    return normalize("NFKC", name).casefold()
