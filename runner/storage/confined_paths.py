"""Paths of records. A run's files are in the run's own directory: no symlink in it is followed."""

import os
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Final

from gate_tests.errors import Refused
from gate_tests.files.confined import ConfinedRoot, LeavesRoot
from gate_tests.files.directory import Directory, refuse_symlink
from gate_tests.files.regular_file import READ_ONLY, read_descriptor, read_regular_file
from gate_tests.workspace.layout import Workspace
from runner import suggestions

_RUNS: Final = "orchestration/runs"
"""May be a symlink to another directory below the root, unlike the directories in it."""


def open_runs(workspace: Workspace) -> Directory:
    """Open the directory of all runs, created if missing. Raises Refused if it is outside the root, OSError."""
    try:
        return _open_confined(workspace, _RUNS)
    except FileNotFoundError:
        with _open_confined(workspace, "orchestration") as parent:
            return parent.open_below("runs", create=True)


def open_run(workspace: Workspace, run_id: str) -> Directory:
    """Open the directory of a run. Raises Refused if it is a symlink or unknown, OSError."""
    try:
        with _open_confined(workspace, _RUNS) as runs:
            return runs.open_below(run_id)
    except FileNotFoundError:
        raise workspace.unknown_run(run_id) from None


def open_record(workspace: Workspace, run_id: str) -> Directory:
    """Open the directory `record/` of a run. Raises like `open_run`."""
    with open_run(workspace, run_id) as run:
        return run.open_below("record")


def confined_path(workspace: Workspace, path: str) -> Path:
    """The file `path` of a run, after checking that no directory on it is a symlink. Raises Refused."""
    if not workspace.contains(_RUNS):
        raise _leaves_root_error(workspace, _RUNS)
    _, _, *directories = accumulate(path.split("/")[:-1], "{}/{}".format)
    for directory in directories:
        refuse_symlink(f"{workspace.root}/{directory}", directory)
    return workspace.root / path


def read_in_place(workspace: Workspace, path: str) -> bytes | None:
    """The bytes of the file `path` of a run, to which no symlink leads; None where that is not certain.

    This is what is usual, in few system calls. Whatever is not, `confined_path` and the usual reading explain.
    """
    descriptor = _open_in_place(workspace, path, READ_ONLY)
    if descriptor is None:
        return None
    try:
        return read_descriptor(descriptor)
    except (OSError, MemoryError):
        return None
    finally:
        os.close(descriptor)


def list_in_place(workspace: Workspace, path: str) -> list[str] | None:
    """The names in the directory `path` of a run, to which no symlink leads; None where that is not certain."""
    descriptor = _open_in_place(workspace, path, READ_ONLY | os.O_DIRECTORY)
    if descriptor is None:
        return None
    try:
        return os.listdir(descriptor)
    except OSError:
        return None
    finally:
        os.close(descriptor)


def _open_in_place(workspace: Workspace, path: str, flags: int) -> int | None:
    """A descriptor of `path`, if the system says that no symlink was followed below the directory of runs."""
    try:
        descriptor = os.open(f"{workspace.root}/{path}", flags | os.O_NOFOLLOW)
    except (OSError, ValueError):
        return None
    runs = _find_real_runs(str(workspace.root))
    try:
        if runs and os.readlink(f"/proc/self/fd/{descriptor}") == runs + path.removeprefix(_RUNS):
            return descriptor
    except OSError:
        pass
    os.close(descriptor)
    return None


@lru_cache(maxsize=8)
def _find_real_runs(root: str) -> str | None:
    """The real path of the directory of runs, None if it is outside the root. One that has changed fits no path."""
    top, runs = os.path.realpath(root), os.path.realpath(f"{root}/{_RUNS}")
    return runs if runs.startswith(top.rstrip("/") + "/") else None


def read_bytes_if_possible(workspace: Workspace, path: str) -> bytes:
    """The bytes of the file `path`; none if it cannot be read, or is a symlink. Raises Refused."""
    file = confined_path(workspace, path)
    try:
        return b"" if file.is_symlink() else read_regular_file(file)
    except OSError:
        return b""


def _open_confined(workspace: Workspace, path: str) -> Directory:
    try:
        return Directory(ConfinedRoot(workspace.root).open(path), path)
    except LeavesRoot:
        raise _leaves_root_error(workspace, path) from None
    except OSError as error:
        error.filename = path
        raise


def _leaves_root_error(workspace: Workspace, path: str) -> Refused:
    directories = accumulate(path.split("/"), "{}/{}".format)
    link = next((directory for directory in directories if not workspace.contains(directory)), path)
    message = f"{link}: is outside the root (through a symlink); records must be below the root"
    return Refused(message, next_command=suggestions.show_path(link))
