"""Writes a report to the file that the user named, or that the CI system did."""

import os
import stat
from pathlib import Path

from gate_tests.errors import NotWritten
from gate_tests.files.directory import Directory
from runner.storage.atomic_files import replace_file

_ADVICE = "name another file with --output, or make it writable; the verdict is as printed"


def write_report(path: str, content: str) -> None:
    """Writes the file in one step, with its directories; a pipe or device is written to. Raises NotWritten."""
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not stat.S_ISREG(target.stat().st_mode):
            target.write_bytes(content.encode())
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        with Directory.open(target.parent) as directory:
            replace_file(directory, target.name, content.encode())
    except OSError as error:
        raise _not_written(path, error) from None


def append_summary(path: str, content: str) -> None:
    """Appends to the file that GitHub shows below the job. Raises NotWritten."""
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.write(content)
    except OSError as error:
        raise _not_written(path, error) from None


def _not_written(path: str, error: OSError) -> NotWritten:
    return NotWritten(f"{path}: cannot be written ({error.strerror or error})", advice=_ADVICE)
