"""Reads and hashes an open file in one pass."""

import os
import time
from collections.abc import Iterable, Iterator
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.files.blank import BlankDetector, is_blank
from gate_tests.files.short_hash import SHORT_BYTES, choose_sha256
from gate_tests.progress import format_bytes, track_progress

if TYPE_CHECKING:
    from queue import SimpleQueue

_BLOCK_BYTES: Final = 1 << 18
_LARGE_BYTES: Final = 64 << 20
"""From this size on, one thread reads while another hashes."""
_AHEAD_BLOCKS: Final = 4
_AHEAD_BLOCK_BYTES: Final = 1 << 20


class HashedFile(NamedTuple):
    """The hash and size of a file, its bytes if they were to be kept, and whether nothing is to be seen in it."""

    sha256: str
    size_bytes: int
    content: bytes | None
    is_blank: bool = False


class HashTimeout(OSError):
    """There was no time to hash the file; `strerror` says in which time."""


class FileHasher:
    """Hashes one file after the other, with one buffer for all.

    `limit_s` seconds later none but a small file is hashed any more.
    """

    def __init__(self, limit_s: float = inf) -> None:
        self._buffer = memoryview(bytearray(_BLOCK_BYTES))
        self._limit_s = limit_s
        self._deadline_s = time.monotonic() + limit_s
        self._hashed_bytes = 0
        """Those of small files, up to the number from which on they are hashed by OpenSSL."""
        self._sha256 = choose_sha256(0)

    def hash_file(self, descriptor: int, size_bytes: int, keep_bytes: int | None, name: str = "a file") -> HashedFile:
        """Hash a file of `size_bytes`; of a file that has grown, a little more is read.

        The bytes are kept if there are at most `keep_bytes` (None: never). Progress on a large file is reported with
        `name`. Raises HashTimeout, OSError.
        """
        if size_bytes < _BLOCK_BYTES and os.readv(descriptor, [self._buffer]) == size_bytes:
            block = self._buffer[:size_bytes]  # the usual case: one system call
            keep = keep_bytes is not None and size_bytes <= keep_bytes
            content = bytes(block) if keep else None
            if self._hashed_bytes <= SHORT_BYTES:
                self._hashed_bytes += size_bytes
                self._sha256 = choose_sha256(self._hashed_bytes)
            return HashedFile(self._sha256(block).hexdigest(), size_bytes, content, is_blank(block))
        os.lseek(descriptor, 0, os.SEEK_SET)
        if size_bytes < _LARGE_BYTES:
            return _hash_blocks(self._blocks(descriptor, size_bytes), keep_bytes)
        describe = partial(_describe_progress, name, size_bytes)
        return _hash_blocks(track_progress(self._read_ahead(descriptor, size_bytes), len, describe), keep_bytes)

    def _blocks(self, descriptor: int, size_bytes: int) -> Iterator[memoryview]:
        size, into = 0, [self._buffer]
        while size <= size_bytes and (count := os.readv(descriptor, into)):
            size += count
            self._check_time()
            yield self._buffer[:count]
            if size == size_bytes:
                return  # the caller notices by the size if it has grown

    def _read_ahead(self, descriptor: int, size_bytes: int) -> Iterator[memoryview]:
        """The same blocks, read ahead by another thread; only a few exist at a time."""
        from queue import SimpleQueue  # few files are large
        from threading import Thread

        free, filled = SimpleQueue[memoryview | None](), SimpleQueue[memoryview | OSError]()
        for _ in range(_AHEAD_BLOCKS):
            free.put(memoryview(bytearray(_AHEAD_BLOCK_BYTES)))
        thread = Thread(target=_fill, args=(descriptor, size_bytes, free, filled), daemon=True)
        thread.start()
        try:
            while block := filled.get():
                if isinstance(block, OSError):
                    raise block
                self._check_time()
                yield block
                free.put(memoryview(block.obj))
        finally:
            free.put(None)
            thread.join()  # or it would read on from a descriptor that is another file's by then

    def _check_time(self) -> None:
        if time.monotonic() >= self._deadline_s:
            raise HashTimeout(0, f"hashing timed out after {self._limit_s:g} s (limits.check_s)")


def _hash_blocks(blocks: Iterable[memoryview], keep_bytes: int | None) -> HashedFile:
    from hashlib import sha256  # few files are large

    digest, size, content = sha256(), 0, bytearray() if keep_bytes is not None else None
    blank = BlankDetector()
    for block in blocks:
        digest.update(block)
        blank.feed(block)
        size += len(block)
        if content is not None:
            content += block
            content = content if size <= (keep_bytes or 0) else None
    return HashedFile(digest.hexdigest(), size, None if content is None else bytes(content), blank.finish())


def _describe_progress(name: str, size_bytes: int, done_bytes: int) -> str:
    return f"hashing {name} {format_bytes(done_bytes, size_bytes)}"


def _fill(
    descriptor: int,
    size_bytes: int,
    free: "SimpleQueue[memoryview | None]",
    filled: "SimpleQueue[memoryview | OSError]",
) -> None:
    """Put filled blocks until an empty one (end of file), an error, or None in `free` (the consumer stopped)."""
    size = 0
    try:
        while buffer := free.get():
            count = os.readv(descriptor, [buffer]) if size <= size_bytes else 0
            size += count
            filled.put(buffer[:count])
            if not count:
                return
    except OSError as error:
        filled.put(error)
