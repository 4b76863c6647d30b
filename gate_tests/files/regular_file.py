"""Reads a regular file of limited size as a whole. Opening a FIFO must not block, hence O_NONBLOCK."""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

READ_ONLY: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC
RESOURCE_ERRNOS: Final = (errno.EMFILE, errno.ENFILE, errno.ENOMEM)
"""Errors of the machine (descriptors, memory), not of the file."""

MAX_FILE_BYTES: Final = 256 << 20
"""The largest file that is read as a whole: a sparse one takes no disk space, but memory when it is read."""


class NotRegularFile(OSError):
    """Not a regular file; `strerror` says what it is."""


class FileTooLarge(OSError):
    """A file that is not read as a whole; `strerror` names the limit."""


def read_regular_file(path: Path, max_bytes: int = MAX_FILE_BYTES) -> bytes:
    """The file's bytes, at most `max_bytes`. Raises NotRegularFile, FileTooLarge, OSError.

    `strerror` is fit for a message.
    """
    with open_regular_file(path) as file:
        size_bytes = os.fstat(file.fileno()).st_size
        content = file.read(size_bytes + 1) if size_bytes <= max_bytes else b""
        if len(content) > size_bytes:  # it has grown since, or the file system does not report sizes
            content += file.read(max_bytes + 1 - len(content))
    if max(len(content), size_bytes) > max_bytes:
        raise FileTooLarge(0, f"is larger than {format_limit(max_bytes)}", str(path))
    return content


def read_descriptor(descriptor: int, max_bytes: int = MAX_FILE_BYTES) -> bytes | None:
    """The bytes of an open file; None if it is not regular, is too large or grows meanwhile. Raises OSError."""
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or found.st_size > max_bytes:
        return None
    content = os.read(descriptor, found.st_size + 1)
    return content if len(content) == found.st_size else None


def open_regular_file(path: Path) -> BinaryIO:
    """The file, open for reading. Raises NotRegularFile, OSError."""
    descriptor = os.open(path, READ_ONLY)
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise NotRegularFile(0, "is a directory" if stat.S_ISDIR(mode) else "is a special file", str(path))
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def format_limit(size_bytes: int) -> str:
    """A limit for messages: `256 MiB`, `64 KiB`."""
    return f"{size_bytes >> 20} MiB" if size_bytes >= 1 << 20 else f"{size_bytes >> 10} KiB"
