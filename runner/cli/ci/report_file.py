"""Writes a report to the file that the user named, or that the CI system did."""

import os
import stat
from pathlib import Path
from typing import Final

from gate_tests.errors import NotWritten
from gate_tests.files.directory import Directory
from runner.storage.atomic_files import replace_file

_MAX_SUMMARY_BYTES: Final = 1 << 20
"""Of all that one step appends: of more, GitHub shows nothing."""


def write_report(path: str, content: str) -> None:
    """Writes the file in one step, with its directories; a pipe or device is written to. Raises NotWritten."""
    try:
        if _is_special(path):
            Path(path).write_bytes(content.encode())  # a shell's /dev/fd/63 is a link that leads to no other name
            return
        target = Path(os.path.realpath(path))
        target.parent.mkdir(parents=True, exist_ok=True)
        with Directory.open(target.parent) as directory:
            replace_file(directory, target.name, content.encode())
    except OSError as error:
        raise _not_written(path, error) from None


def _is_special(path: str) -> bool:
    """Whether there is something that is not a file, such as a pipe, a device or a directory."""
    return os.path.exists(path) and not stat.S_ISREG(os.stat(path).st_mode)


def append_summary(path: str, content: str) -> None:
    """Appends to the file that GitHub shows below the job; nothing where it would then be too large for that.

    Raises NotWritten.
    """
    encoded = content.encode()
    try:
        with open(path, "ab") as file:
            if file.tell() + len(encoded) <= _MAX_SUMMARY_BYTES:
                file.write(encoded)
    except OSError as error:
        raise _not_written(path, error) from None


def _not_written(path: str, error: OSError) -> NotWritten:
    return NotWritten(f"{path}: cannot be written ({error.strerror or error})")
