"""What a verdict depends on, and whether it has changed: seen by looking again and again, which works everywhere."""

import os
import re
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from gate_tests.compiler.gate import CompiledGate
from gate_tests.compiler.templates import UnknownVariable, expand
from gate_tests.errors import OrchError
from gate_tests.workspace.layout import Workspace
from runner.gates import compile_for
from runner.models.run import Run
from runner.storage.store import Store

MOST_WATCHED = 20_000
"""Files and folders that are looked at; what a folder holds beyond that may change unseen."""

_SHORTEST_PAUSE_S, _LONGEST_PAUSE_S = 0.25, 5.0
_PAUSES_PER_LOOK = 75
"""So much longer than a look the pause after it is: looking takes little more than a hundredth of a processor."""

_SETTLES_S, _SETTLED_AT_MOST_S = 0.1, 2.0
_OF_NO_WORK = (".git", "node_modules", "__pycache__")
_BY_EDITORS = re.compile(r"\..*\.sw[a-z]|.*~|\.#.*|#.*#|4913|\.tmp-.*")
"""Names of files that editors, and we, put beside the one that is written."""

_MAGIC = re.compile(r"[*?[]")
_PATHS = ("schema", "sources")
"""Keys of checks that name what they read besides their target."""

Mark = tuple[int, ...] | None
Sight = Mapping[str, Mark]
"""By path what a look at it told; None where nothing stands there."""


class Watched(NamedTuple):
    """The files and folders that verdicts depend on; whether programs are run for them, which may write some anew."""

    paths: tuple[str, ...]
    runs_programs: bool = False


def watched_by(store: Store, run_id: str, gates: Sequence[str]) -> Watched:
    """What the verdict on these gates depends on, as far as their contracts tell.

    Of a contract or a record that is broken it is no more than itself, which has to be mended first.
    """
    workspace = store.workspace
    paths = [workspace.record_path(run_id), *map(workspace.contract_path, gates)]
    try:
        run = store.read(run_id)
    except OrchError:
        return Watched(tuple(paths))
    paths.append(run.workflow.artifact_path)
    compiled = [each for gate in gates if (each := _compiled(store, run, gate))]
    for each in compiled:
        paths += _named_by_the_contract(each, run)
    wanted = dict.fromkeys(path for path in paths if path.strip("./"))
    return Watched(tuple(wanted), any(each.commands for each in compiled))


def _compiled(store: Store, run: Run, gate: str) -> CompiledGate | None:
    try:
        return compile_for(store, run, gate)
    except OrchError:
        return None


def _named_by_the_contract(compiled: CompiledGate, run: Run) -> Iterator[str]:
    yield from (output.path for output in compiled.outputs)
    for check in compiled.checks:
        yield from check.reads
    values = run.context().values()
    for validation in compiled.contract.validations:
        for key in _PATHS:
            named = validation.keys.get(key, ())
            for template in [named] if isinstance(named, str) else named:
                with suppress(UnknownVariable):  # one of PATH_VARIABLES, a file in the artifact folder
                    yield _folder_of(expand(template, values))


def _folder_of(pattern: str) -> str:
    """The folder in which a pattern is looked for; a path that is no pattern is itself."""
    magic = _MAGIC.search(pattern)
    return pattern[: magic.start()].rpartition("/")[0] if magic else pattern


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
