"""How a file gets onto the disk whole: written beside its place under a temporary name, then moved there in one step.

File and folder are synced before a call returns. Permissions follow the umask.
"""

import contextlib
import os
import time
from itertools import count
from pathlib import Path

from gate_tests.errors import Refused
from runner import suggestions

_ABANDONED_S = 3600
"""How old the beginnings of a new run must be before nobody can be at work on them."""


def create_run_directory(folder: Path, record: bytes) -> None:
    """Makes the folder of a run, with its RUN.json. Raises Refused where there is one."""
    beginning = temporary_name(folder.parent)
    try:
        make_directories(beginning / "logs")
        replace_file(beginning / "record/RUN.json", record)
        if folder.exists():
            raise Refused(f"run {folder.name} exists already", next_command=suggestions.show_run(folder.name))
        os.rename(beginning, folder)
    except BaseException:
        _remove(beginning)
        raise
    sync_directory(folder.parent)


def remove_stale_temporaries(runs: Path) -> None:
    """Removes what killed processes left of new runs. No lock tells who is at work on one, but their age does."""
    for left in runs.glob(f"{TEMPORARY}*"):
        with contextlib.suppress(FileNotFoundError):  # it is in its place by now
            if time.time() - left.lstat().st_mtime > _ABANDONED_S:
                _remove(left)


def _remove(folder: Path) -> None:
    from shutil import rmtree  # which takes longer to import than most commands take

    rmtree(folder, ignore_errors=True)


TEMPORARY = ".tmp-"
"""How the names of unfinished files and folders begin."""


def create_file(path: Path, content: bytes) -> None:
    """Writes a new file. Raises FileExistsError where there is one, which stays as it is."""
    make_directories(path.parent)
    temporary = _write_temporary(path.parent, content)
    try:
        os.link(temporary, path)
    finally:
        os.unlink(temporary)
    sync_directory(path.parent)


def replace_file(path: Path, content: bytes) -> None:
    """Writes a file over the one that is there, if any. A symlink at `path` is replaced, never followed."""
    make_directories(path.parent)
    temporary = _write_temporary(path.parent, content)
    try:
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
    sync_directory(path.parent)


def back_up_file(path: Path) -> Path:
    """Gives the file a second name beside it, the first of `….damaged-1`, `-2`, … that is free; gives that name."""
    for number in count(1):
        kept = path.with_name(f"{path.name}.damaged-{number}")
        with contextlib.suppress(FileExistsError):
            os.link(path, kept, follow_symlinks=False)
            break
    sync_directory(path.parent)
    return kept


def make_directories(folder: Path) -> None:
    """Makes the folder and those above it that are missing."""
    if not folder.is_dir():
        make_directories(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_directory(folder.parent)


def remove_temporaries(folder: Path) -> None:
    """Removes what killed writers left below `folder`; its lock must be held. Links are not followed."""
    for parent, _, names in os.walk(folder):
        for name in names:
            if name.startswith(TEMPORARY):
                os.unlink(os.path.join(parent, name))


def temporary_name(folder: Path) -> Path:
    """A name in `folder` that nobody else has."""
    return folder / f"{TEMPORARY}{os.getpid()}-{os.urandom(8).hex()}"


def sync_directory(folder: Path) -> None:
    """Returns when the names in `folder` are on disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_temporary(folder: Path, content: bytes) -> Path:
    name = temporary_name(folder)
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    return name
