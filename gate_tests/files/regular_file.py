"""Reads a small regular file as a whole. Opening a FIFO must not block, hence O_NONBLOCK."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

READ_ONLY: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
RESOURCE_ERRNOS: Final = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""Errors of the machine (descriptors, memory), not of the file."""


class NotRegularFile(OSError):
    """Not a regular file; `strerror` says what it is."""


def read_regular_file(path: Path) -> bytes:
    """The file's bytes. Raises NotRegularFile, OSError; `strerror` is fit for a message."""
    descriptor = os.open(path, READ_ONLY)
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise NotRegularFile(0, "is a folder" if stat.S_ISDIR(mode) else "is a special file", str(path))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read()
    finally:
        os.close(descriptor)
