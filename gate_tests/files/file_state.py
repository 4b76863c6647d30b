"""The state of a file, by which a change of it is noticed while it is read."""

import os
import time
from typing import Final

_CLOCK_TICK_NS: Final = 20_000_000
"""Two changes of a file within one tick of the system's clock have the same times. A tick of Linux is 10 ms at most."""
LONGEST_WRITE_NS: Final = 2_000_000_000
"""A call that writes sets the times when it begins. One that began longer ago than this is taken to have ended."""

FileState = tuple[int, ...]
"""Device, inode, size, and the times of the last changes: of the content (mtime), and of anything (ctime).

The first two are the same for all names of a file. A program can set mtime, but not ctime.
"""


def read_file_state(status: os.stat_result) -> FileState:
    """The state of a file of this status."""
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def wait_for_next_tick(ctime_ns: int) -> int:
    """How long ago the file was changed. Waits if just now: a change in the same tick would not change its times."""
    age_ns = time.time_ns() - ctime_ns
    if 0 <= age_ns < _CLOCK_TICK_NS:
        time.sleep((_CLOCK_TICK_NS - age_ns) / 1e9)
    return age_ns


def explain_change(before: FileState, after: os.stat_result, is_same: bool) -> str | None:
    """How the file was changed while it was read; None if it was not. `is_same`: as far as its content shows."""
    if is_same and before == read_file_state(after) and after.st_nlink:
        return None
    return "it was changed while being read" if after.st_nlink else "it was removed or replaced while being read"
