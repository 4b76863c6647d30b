"""What a command leaves that is killed between creating an attempt's file and renaming the new RUN.json."""

import os
from pathlib import Path

TEMPORARY = ".tmp-1-abc"


def undo_rename(record: Path, before: bytes) -> Path:
    """Put `before` back into RUN.json, and what it holds now under a temporary name beside it. Returns that path."""
    temporary = record.with_name(TEMPORARY)
    record.rename(temporary)
    record.write_bytes(before)
    os.utime(record, (0, 0))  # older than the lock that the command took
    return temporary
