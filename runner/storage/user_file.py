"""Reads and writes a file that belongs to the user, wherever it is: AGENTS.md, a skill, the settings of a host.

A symlink is followed and kept. The file is written atomically and keeps its permissions; what another process wrote
into it meanwhile is not overwritten.
"""

import os
import stat
from enum import StrEnum
from pathlib import Path
from typing import Final

from gate_tests.errors import NotWritten, Refused
from gate_tests.files.directory import Directory
from gate_tests.files.regular_file import read_regular_file
from runner import suggestions
from runner.storage.atomic_files import replace_file

_WRITABLE: Final = stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH


class FileChange(StrEnum):
    """What was done to a file."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


def read_user_file(path: Path) -> bytes | None:
    """Its bytes; None where it does not exist. Raises Refused where it cannot be read."""
    try:
        return read_regular_file(path)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Refused(
            f"{path}: {_cannot(error, 'be read')}", next_command=suggestions.list_directory(_find_existing(path))
        ) from None


def write_user_file(path: Path, content: bytes, read: bytes | None, *, makes_directory: bool = False) -> FileChange:
    """Writes it unless `content` is what was `read`; with `makes_directory` its directory too. Raises Refused."""
    if content == read:
        return FileChange.UNCHANGED
    target = Path(os.path.realpath(path))
    try:
        if makes_directory:
            target.parent.mkdir(parents=True, exist_ok=True)
        with Directory.open(target.parent) as directory:
            _replace(directory, target.name, path, content, read)
    except OSError as error:
        parent = target.parent if path.is_symlink() else path.parent
        if not parent.exists():
            make = suggestions.make_directory(str(parent))
            raise Refused(f"{path}: directory {parent} does not exist", next_command=make) from None
        raise Refused(f"{path}: {_cannot(error, 'be written')}", advice=NotWritten.advice) from None
    return FileChange.CREATED if read is None else FileChange.UPDATED


def _replace(directory: Directory, name: str, path: Path, content: bytes, read: bytes | None) -> None:
    def refuse_change() -> None:
        if read_user_file(path) != read:
            raise Refused(f"{path}: was changed by another process", advice="repeat the command")

    mode = None if read is None else stat.S_IMODE(os.stat(name, dir_fd=directory.descriptor).st_mode)
    if mode is not None and not mode & _WRITABLE:
        raise Refused(f"{path}: is read-only", next_command=suggestions.list_directory(path))
    replace_file(directory, name, content, refuse_change)
    if mode is not None:
        os.chmod(name, mode, dir_fd=directory.descriptor)


def _find_existing(path: Path) -> Path:
    """The path, or the nearest directory above it that exists."""
    return next((each for each in (path, *path.parents) if os.path.lexists(each)), path)


def _cannot(error: OSError, do: str) -> str:
    """`is a directory`; `cannot be read (Permission denied)`."""
    return str(error.strerror) if error.errno == 0 else f"cannot {do} ({error.strerror or error})"
