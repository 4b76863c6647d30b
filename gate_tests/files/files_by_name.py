"""Finds the files of a tree that have certain names, wherever they are."""

from collections.abc import Collection
from pathlib import Path
from typing import Final

from gate_tests.files.glob import TooManyFiles, walk_files

MAX_ENTRIES: Final = 50_000
_SKIPPED: Final = frozenset((
    ".git", "node_modules", "__pycache__", "site-packages", ".venv", "venv", ".tox", ".nox", ".mypy_cache",
    ".pytest_cache", ".ruff_cache", ".next", ".cache",
))  # fmt: skip
"""Directories of generated and installed files."""


def find_files_by_name(root: Path, names: Collection[str]) -> dict[str, list[str]]:
    """The paths below `root` of the files with these names, by name, in byte order.

    Looks at no more than MAX_ENTRIES files and directories: what is behind them, or cannot be read, is not found.
    """
    found: dict[str, list[str]] = {}
    try:
        for path in walk_files(root, _SKIPPED, MAX_ENTRIES):
            name = path.rpartition("/")[2]
            if name in names:
                found.setdefault(name, []).append(path)
    except (TooManyFiles, OSError):
        pass
    return {name: sorted(paths) for name, paths in found.items()}
