"""Reads an open file to its end, once, and hashes it on the way."""

import os
from collections.abc import Iterable, Iterator
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Final, NamedTuple

from gate_tests.progress import bytes_of, followed

if TYPE_CHECKING:
    from queue import SimpleQueue

_BLOCK_BYTES: Final = 1 << 18
_LARGE_BYTES: Final = 64 << 20
"""From this size on one thread reads while another hashes."""
_AHEAD_BLOCKS: Final = 4
_AHEAD_BLOCK_BYTES: Final = 1 << 20


class Bytes(NamedTuple):
    """What was read: its hash, how much it was, and the bytes themselves where they were to be kept."""

    sha256: str
    size_bytes: int
    kept: bytes | None


class Reader:
    """Reads one file after the other, all of them into the same buffer."""

    def __init__(self) -> None:
        self._buffer = memoryview(bytearray(_BLOCK_BYTES))

    def read(self, descriptor: int, size_bytes: int, keep_bytes: int | None, name: str = "a file") -> Bytes:
        """The bytes of a file that is `size_bytes` long, or a little more where it is longer by now.

        They are kept if `keep_bytes` is not None and they are no more than that. How far a large file has come is told
        by this `name`. Raises OSError.
        """
        if size_bytes < _BLOCK_BYTES and os.readv(descriptor, [self._buffer]) == size_bytes:
            block = self._buffer[:size_bytes]  # most files are
            keep = keep_bytes is not None and size_bytes <= keep_bytes
            return Bytes(sha256(block).hexdigest(), size_bytes, bytes(block) if keep else None)
        os.lseek(descriptor, 0, os.SEEK_SET)
        ahead = size_bytes >= _LARGE_BYTES
        blocks: Iterable[memoryview] = self._blocks(descriptor, size_bytes)
        if ahead:
            in_words = partial(_hashing, name, size_bytes)
            blocks = followed(_read_ahead(descriptor, size_bytes), len, in_words)
        digest, size, kept = sha256(), 0, bytearray() if keep_bytes is not None else None
        for block in blocks:
            digest.update(block)
            size += len(block)
            if kept is not None:
                kept += block
                kept = kept if size <= (keep_bytes or 0) else None
        return Bytes(digest.hexdigest(), size, None if kept is None else bytes(kept))

    def _blocks(self, descriptor: int, size_bytes: int) -> Iterator[memoryview]:
        size, into = 0, [self._buffer]
        while size <= size_bytes and (count := os.readv(descriptor, into)):
            size += count
            yield self._buffer[:count]
            if size == size_bytes:
                return  # where it is longer by now, its size tells


def _hashing(name: str, size_bytes: int, done_bytes: int) -> str:
    return f"hashing {name} {bytes_of(done_bytes, size_bytes)}"


def _read_ahead(descriptor: int, size_bytes: int) -> Iterator[memoryview]:
    """The same blocks, each read by another thread while the one before it is hashed. Few of them exist at a time."""
    from queue import SimpleQueue  # few files are large
    from threading import Thread

    free, filled = SimpleQueue[memoryview | None](), SimpleQueue[memoryview | OSError]()
    for _ in range(_AHEAD_BLOCKS):
        free.put(memoryview(bytearray(_AHEAD_BLOCK_BYTES)))
    Thread(target=_fill, args=(descriptor, size_bytes, free, filled), daemon=True).start()
    try:
        while block := filled.get():
            if isinstance(block, OSError):
                raise block
            yield block
            free.put(memoryview(block.obj))
    finally:
        free.put(None)


def _fill(
    descriptor: int,
    size_bytes: int,
    free: "SimpleQueue[memoryview | None]",
    filled: "SimpleQueue[memoryview | OSError]",
) -> None:
    """Ends with an empty block, with the error that stopped it, or when it gets None instead of a free block."""
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
