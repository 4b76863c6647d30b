"""Reads a small regular file whole, and nothing else: opening a FIFO must not wait for somebody to write into it."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

READ_ONLY: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
OUT_OF_MEANS: Final = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""Errors that say something of the machine and nothing of the file."""


class NoRegularFile(OSError):
    """What stands at the path is no regular file; `strerror` says what it is."""


def read_regular_file(path: Path) -> bytes:
    """The file's bytes. Raises OSError, with the reason for people in `strerror`."""
    descriptor = os.open(path, READ_ONLY)
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise NoRegularFile(0, "is a folder" if stat.S_ISDIR(mode) else "is a special file", str(path))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)
