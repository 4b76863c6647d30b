"""Finds the repository root, and explains which one was found where another could have been meant."""

import errno
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from gate_tests import suggestions
from gate_tests.errors import LOST_ROOT, LostFile, NotReadable, OrchError, Refused
from gate_tests.workspace.run_directory import has_record

MARKERS: Final = ("gates", "workflows")
"""A directory is a root by either of these directories in its `orchestration/`."""
_MARKERS_IN_WORDS: Final = "orchestration/gates/ or orchestration/workflows/"
_SEARCHED_LEVELS: Final = 3
_MAX_SEARCHED: Final = 300
"""How many directories of a level are searched for roots, and how many entries of each."""
_NOT_SEARCHED: Final = ("node_modules",)
_MAX_LISTED: Final = 4


def is_root(directory: str | Path) -> bool:
    """Whether it has `orchestration/gates/` or `orchestration/workflows/`. A package `orchestration` has neither."""
    return any(os.path.isdir(os.path.join(directory, "orchestration", name)) for name in MARKERS)


def find_root(start: Path) -> Path:
    """The nearest root from the absolute path `start` upwards. Raises Refused, after a search for what is there.

    NotReadable where nobody may look into an `orchestration/`.
    """
    if root := search_root(start):
        return root
    raise _not_found_error(start)


def search_root(start: Path) -> Path | None:
    """The nearest root from the absolute path `start` upwards; None if no directory is a root."""
    return next(filter(is_root, (start, *start.parents)), None)


def explain_root(root: Path, start: Path) -> str | None:
    """Which root was found from `start`, and why that may surprise; None where no other could have been meant.

    It may surprise where another root is above it, or where it is above the git work tree that contains `start`: in a
    submodule, or in a linked work tree that has no root of its own.
    """
    for directory in (start, *start.parents):
        if directory == root:
            break
        if os.path.lexists(directory / ".git"):
            return f"root: {root}, which is above the git work tree {directory}"
    outer = next(filter(is_root, root.parents), None)
    return f"root: {root}; another root is above it: {outer}" if outer else None


def not_a_root_error(directory: Path, named_by: str) -> Refused:
    """The error for `directory`, which -C or ORCH_ROOT names (`named_by`) and which is no root."""
    other = _find_other_root(directory.absolute())
    use_other = suggestions.at_root(_as_typed(other) or ".", suggestions.STATUS) if other else None
    if not directory.exists():
        make = suggestions.make_root(directory)
        return Refused(f"{named_by}: {directory} does not exist", next_command=use_other or make)
    if not directory.is_dir():
        show = suggestions.list_path(Path(), str(directory))
        return Refused(f"{named_by}: {directory} is not a directory", next_command=use_other or show)
    error = _describe_missing_root(directory, f"{named_by}: {directory} has no {_MARKERS_IN_WORDS}")
    error.next_command = error.next_command or use_other or suggestions.at_root(directory, suggestions.INIT)
    return error


def _find_other_root(directory: Path) -> Path | None:
    """The root that was probably meant: the one above `directory`, else the current one, else the first below."""
    current = Path.cwd()
    if root := search_root(directory.parent) or search_root(current):
        return root
    return next((current / path for path in _find_roots_below(current)), None)


def _not_found_error(start: Path) -> OrchError:
    inaccessible = next((path for path in _list_orchestration(start) if not os.access(path, os.R_OK | os.X_OK)), None)
    if inaccessible:
        return NotReadable(f"{inaccessible}: cannot be read: {os.strerror(errno.EACCES)}")
    with_records = next((each for each in (start, *start.parents) if _has_records(each)), start)
    message = f"no {_MARKERS_IN_WORDS} in {start} or any parent directory"
    error = _describe_missing_root(with_records, message)
    if error.next_command is None:
        init = suggestions.INIT
        error.next_command = init if with_records == start else suggestions.at_root(with_records, init)
    return error


def _list_orchestration(start: Path) -> list[Path]:
    folders = (each / "orchestration" for each in (start, *start.parents))
    return [folder for folder in folders if os.path.isdir(folder)]


def _describe_missing_root(directory: Path, message: str) -> Refused:
    """The error with what `directory` has instead of a root, and if that is roots below, how to name one."""
    if _has_records(directory):
        records = directory / "orchestration/runs"
        error = Refused(f"{message}; records found in {records}", lost_file=LostFile(directory, "orchestration/gates"))
        error.lookup_command = suggestions.DOCTOR
        return error
    for top in dict.fromkeys((directory, _find_work_tree(directory) or directory)):
        if below := list(islice(_find_roots_below(top), _MAX_LISTED + 1)):
            where = "roots below" if top == directory else f"roots below {top}"
            inner = os.path.join(_as_typed(top), below[0]) if top == directory else _make_relative(top / below[0])
            use_inner = suggestions.at_root(inner, suggestions.STATUS)
            return Refused(f"{message}; {where}: {_join_names(below)}", next_command=use_inner)
    if bare := _find_bare_repository(directory):
        use_work_tree = suggestions.use_work_tree(str(bare))
        return Refused(f"{bare} is a bare repository: it has no work tree", next_command=use_work_tree)
    error = Refused(message, lost_file=LostFile(directory, LOST_ROOT))
    error.lookup_command = suggestions.DOCTOR
    return error


def list_other_roots(root: Path) -> str:
    """The roots in the git work tree of `root`, or below it, other than that: relative to the work tree, in words."""
    top = _find_work_tree(root) or root
    below = (path for path in _find_roots_below(top) if top / path != root)
    return _join_names(list(islice(below, _MAX_LISTED + 1)))


def _join_names(paths: list[str]) -> str:
    return ", ".join(paths[:_MAX_LISTED]) + (", …" if len(paths) > _MAX_LISTED else "")


def _find_work_tree(directory: Path) -> Path | None:
    """The top of the git work tree that contains `directory`."""
    start = Path(os.path.abspath(directory))
    return next((each for each in (start, *start.parents) if os.path.lexists(each / ".git")), None)


def _make_relative(path: Path) -> str:
    """The path as a command in the current directory names it."""
    try:
        return os.path.relpath(path)
    except OSError:
        return str(path)


def _find_bare_repository(start: Path) -> Path | None:
    """The bare repository that `start` is, or is in."""
    directory = Path(os.path.abspath(start))
    return next(filter(_is_bare_repository, (directory, *directory.parents)), None)


def _is_bare_repository(directory: Path) -> bool:
    """Whether it is a git repository without a work tree: what is in a `.git` is part of one that has a work tree."""
    parts = ("objects", "refs")
    return (
        directory.name != ".git"
        and os.path.isfile(directory / "HEAD")
        and all(os.path.isdir(directory / name) for name in parts)
    )


def _as_typed(directory: Path) -> str:
    """The directory as a command names it: nothing for the current one."""
    try:
        return "" if os.path.samefile(directory, os.curdir) else str(directory)
    except OSError:
        return str(directory)


def _has_records(directory: Path) -> bool:
    """Whether there is a run with a record, without a gate or workflow."""
    runs = directory / "orchestration/runs"
    try:
        return any(has_record(runs / name) for name in sorted(os.listdir(runs)))
    except OSError:
        return False


def _find_roots_below(directory: Path) -> Iterator[str]:
    """The roots a few levels below, relative to `directory`, the uppermost first."""
    level = [""]
    for _ in range(_SEARCHED_LEVELS):
        level = sorted(islice((path for each in level for path in _list_directories(directory, each)), _MAX_SEARCHED))
        yield from (path for path in level if is_root(directory / path))


def _list_directories(directory: Path, inner: str) -> Iterator[str]:
    """The directories in `inner` that may contain a root: no hidden ones, no symlinks."""
    try:
        with os.scandir(directory / inner) as entries:
            for entry in islice(entries, _MAX_SEARCHED):
                if _is_searched(entry.name) and entry.is_dir(follow_symlinks=False):
                    yield os.path.join(inner, entry.name)
    except OSError:
        return


def _is_searched(name: str) -> bool:
    return name.isprintable() and not name.startswith(".") and name not in _NOT_SEARCHED
