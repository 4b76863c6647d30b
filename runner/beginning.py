"""A new run: built under another name and moved into place, so that there is never half a run."""

import contextlib
import os
import time
from pathlib import Path

from gate_tests.errors import Refused
from runner.disk import TEMPORARY, make_folders, replace_file, sync_folder, temporary_name

_ABANDONED_S = 3600
"""How old the beginnings of a new run must be before nobody can be at work on them."""


def build_run(folder: Path, record: bytes) -> None:
    """Makes the folder of a run, with its RUN.json. Raises Refused where there is one."""
    beginning = temporary_name(folder.parent)
    try:
        make_folders(beginning / "logs")
        replace_file(beginning / "record/RUN.json", record)
        if folder.exists():
            raise Refused(f"run {folder.name} exists already", next_command=f"orch run show --run {folder.name}")
        os.rename(beginning, folder)
    except BaseException:
        _remove(beginning)
        raise
    sync_folder(folder.parent)


def clear_beginnings(runs: Path) -> None:
    """Removes what killed processes left of new runs. No lock tells who is at work on one, but their age does."""
    for left in runs.glob(f"{TEMPORARY}*"):
        with contextlib.suppress(FileNotFoundError):  # it is in its place by now
            if time.time() - left.lstat().st_mtime > _ABANDONED_S:
                _remove(left)


def _remove(folder: Path) -> None:
    from shutil import rmtree  # which takes longer to import than most commands take

    rmtree(folder, ignore_errors=True)
