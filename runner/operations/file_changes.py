"""Snapshots of files, and waiting until one differs from the next: by polling, which works everywhere."""

import os
import re
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from gate_tests.workspace.layout import Workspace

MOST_WATCHED = 20_000
"""Files and folders that are looked at; what a folder holds beyond that may change unseen."""


_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.25, 5.0


_PAUSES_PER_LOOK = 75
"""So much longer than a look the pause after it is: looking takes little more than a hundredth of a processor."""


_SETTLES_S, _SETTLED_AT_MOST_S = 0.1, 2.0


_OF_NO_WORK = (".git", "node_modules", "__pycache__")


_BY_EDITORS = re.compile(r"\..*\.sw[a-z]|.*~|\.#.*|#.*#|4913|\.tmp-.*")
"""Names of files that editors, and we, put beside the one that is written."""


Mark = tuple[int, ...] | None


Sight = Mapping[str, Mark]
"""By path what a look at it told; None where nothing stands there."""


def look(workspace: Workspace, paths: Sequence[str]) -> Sight:
    """How the files stand, those in folders too, without reading one."""
    seen: dict[str, Mark] = {}
    for path in paths:
        mark = _mark(workspace.root / path)
        seen[path] = mark
        if mark == _FOLDER:
            seen.update(_below(workspace.root, path, MOST_WATCHED - len(seen)))
    return seen


_FOLDER: Mark = ()
"""Of a folder it matters that it is there: what is in it is seen itself."""


def _mark(path: "Path | os.DirEntry[str]") -> Mark:
    try:
        found = path.stat()
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(found.st_mode):
        return _FOLDER
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode


def _below(root: Path, folder: str, at_most: int) -> Iterator[tuple[str, Mark]]:
    folders = [folder]
    while folders:
        folder = folders.pop()
        for entry in _entries(root / folder):
            if at_most <= 0:
                return
            at_most -= 1
            path = f"{folder}/{entry.name}"
            yield path, _mark(entry)
            if entry.is_dir(follow_symlinks=False):
                folders.append(path)


def _entries(folder: Path) -> "list[os.DirEntry[str]]":
    try:
        with os.scandir(folder) as entries:
            return [each for each in entries if each.name not in _OF_NO_WORK and not _BY_EDITORS.fullmatch(each.name)]
    except OSError:
        return []  # it went away, or may not be read


def changes(before: Sight, after: Sight) -> list[str]:
    """The paths that differ."""
    return sorted(path for path in {**before, **after} if before.get(path, None) != after.get(path, None))


def wait_for_changes(workspace: Workspace, paths: Sequence[str], before: Sight) -> list[str]:
    """Returns what has changed since `before`, once it has and nothing goes on changing. Waits for as long as it takes.

    Who writes several files, or one by writing another and renaming it, is through by then.
    """
    while True:
        began_s = time.monotonic()
        if changes(before, look(workspace, paths)) and (settled := changes(before, _settled(workspace, paths))):
            return settled
        time.sleep(_pause_s(time.monotonic() - began_s))


def _pause_s(look_s: float) -> float:
    return min(max(_SHORTEST_PAUSE_S, _PAUSES_PER_LOOK * look_s), _LONGEST_PAUSE_S)


def _settled(workspace: Workspace, paths: Sequence[str]) -> Sight:
    deadline = time.monotonic() + _SETTLED_AT_MOST_S
    sight = look(workspace, paths)
    while time.monotonic() < deadline:
        time.sleep(_SETTLES_S)
        before, sight = sight, look(workspace, paths)
        if sight == before:
            break
    return sight
