"""Decides whether a directory below `runs/` is a run or only leftovers."""

import os
from pathlib import Path


def has_record(directory: Path) -> bool:
    """Whether the directory below `runs/` is a run, though its record may be damaged or not be accessible.

    What git ignores (logs, backups, temporary files) and empty directories outlive a switch to a branch without the
    run. An empty `record/` is damage: git removes a directory that it empties, unless it was started in it.
    """
    record = directory / "record"
    try:
        os.lstat(record / "RUN.json")
    except FileNotFoundError:
        return os.path.lexists(record) and not _has_only_leftovers(record)
    except NotADirectoryError:  # the directory, or its record, is a file
        return os.path.lexists(record)
    except OSError:  # the reader of the record reports it
        return True
    return True


def _has_only_leftovers(record: Path) -> bool:
    """Whether there is something, but the file of no attempt."""
    try:
        return bool(os.listdir(record)) and not any(record.glob("gates/*/attempt-*.json"))
    except OSError:
        return False
