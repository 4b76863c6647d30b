"""Snapshots of files, and waiting until they differ: by polling, which works on every file system.

Not with `watchfiles`: it refuses a path that does not exist yet, needs to be told to poll on network file systems, and
files that a judged program writes itself would still have to be compared.
"""

import os
import re
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from gate_tests.workspace.layout import Workspace

MAX_WATCHED: Final = 20_000
"""Files and directories in a snapshot; changes in a directory beyond that limit are not noticed."""


_MIN_PAUSE_S: Final = 0.25
_MAX_PAUSE_S: Final = 5.0


_PAUSE_PER_SNAPSHOT: Final = 75
"""The pause after a snapshot, as a multiple of its duration: polling takes little more than 1 % of a processor."""


_SETTLE_INTERVAL_S: Final = 0.1
_MAX_SETTLE_S: Final = 2.0


_IGNORED_DIRECTORIES: Final = (".git", "node_modules", "__pycache__")


_EDITOR_FILES: Final = re.compile(r"\..*\.sw[a-z]|.*~|\.#.*|#.*#|4913|\.tmp-.*")
"""Names of the temporary files that editors, and we, write beside a file."""


Fingerprint = tuple[int, ...] | None
"""(mtime_ns, size, inode, mode) of a file, `_DIRECTORY`, or None where the path does not exist."""


Snapshot = Mapping[str, Fingerprint]
"""The fingerprint of each path, relative to the root."""


def take_snapshot(workspace: Workspace, paths: Sequence[str]) -> Snapshot:
    """The fingerprints of the paths and of all that is below them. Reads no file."""
    snapshot: dict[str, Fingerprint] = {}
    for path in paths:
        fingerprint = _take_fingerprint(workspace.root / path)
        snapshot[path] = fingerprint
        if fingerprint == _DIRECTORY:
            snapshot.update(_walk(workspace.root, path, MAX_WATCHED - len(snapshot)))
    return snapshot


_DIRECTORY: Final[Fingerprint] = ()
"""Only the existence of a directory matters: its entries have fingerprints themselves."""


def _take_fingerprint(path: "Path | os.DirEntry[str]") -> Fingerprint:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(found.st_mode):
        return _DIRECTORY
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode


def _walk(root: Path, directory: str, limit: int) -> Iterator[tuple[str, Fingerprint]]:
    directories = [directory]
    while directories:
        directory = directories.pop()
        for entry in _list_entries(root / directory):
            if limit <= 0:
                return
            limit -= 1
            path = f"{directory}/{entry.name}"
            yield path, _take_fingerprint(entry)
            if entry.is_dir(follow_symlinks=False):
                directories.append(path)


def _list_entries(directory: Path) -> "list[os.DirEntry[str]]":
    try:
        with os.scandir(directory) as entries:
            return [
                entry
                for entry in entries
                if entry.name not in _IGNORED_DIRECTORIES and not _EDITOR_FILES.fullmatch(entry.name)
            ]
    except OSError:
        return []  # removed meanwhile, or not readable


def compare_snapshots(before: Snapshot, after: Snapshot) -> list[str]:
    """The paths that differ, sorted."""
    return sorted(path for path in {**before, **after} if before.get(path, None) != after.get(path, None))


def wait_for_changes(workspace: Workspace, paths: Sequence[str], before: Snapshot) -> list[str]:
    """Blocks, without a time limit, until something differs from `before` and then no longer changes; returns it.

    So several files that are written together, or a file that is written aside and renamed, count as one change.
    """
    while True:
        began_s = time.monotonic()
        has_changed = compare_snapshots(before, take_snapshot(workspace, paths))
        if has_changed and (changed := compare_snapshots(before, _take_settled_snapshot(workspace, paths))):
            return changed
        time.sleep(_pause_s(time.monotonic() - began_s))


def _pause_s(snapshot_s: float) -> float:
    return min(max(_MIN_PAUSE_S, _PAUSE_PER_SNAPSHOT * snapshot_s), _MAX_PAUSE_S)


def _take_settled_snapshot(workspace: Workspace, paths: Sequence[str]) -> Snapshot:
    deadline = time.monotonic() + _MAX_SETTLE_S
    snapshot = take_snapshot(workspace, paths)
    while time.monotonic() < deadline:
        time.sleep(_SETTLE_INTERVAL_S)
        before, snapshot = snapshot, take_snapshot(workspace, paths)
        if snapshot == before:
            break
    return snapshot
