"""Reads a file of any size again, a block at a time, and makes sure that it is the one that was hashed."""

from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from typing import Final

from gate_tests.errors import NoVerdict
from gate_tests.files.confined import ConfinedRoot, LeavesRoot
from gate_tests.files.regular_file import RESOURCE_ERRNOS
from gate_tests.progress import format_bytes, track_progress

_BLOCK_BYTES: Final = 1 << 20


class FileChanged(Exception):
    """The bytes are not those that were hashed."""


def read_blocks(root: ConfinedRoot, path: str, size_bytes: int, hashed: str) -> Iterator[bytes]:
    """The bytes of the file, in order. `size_bytes` and `hashed` are what was found when it was hashed.

    Raises FileChanged, at the latest after the last block; NoVerdict. Progress on a large file is reported.
    """
    digest, done_bytes = sha256(), 0
    blocks = track_progress(_read(root, path), len, partial(_describe_progress, path, size_bytes))
    for block in blocks:
        digest.update(block)
        done_bytes += len(block)
        yield block
        if done_bytes > size_bytes:
            break
    if digest.hexdigest() != hashed:
        raise FileChanged


def _read(root: ConfinedRoot, path: str) -> Iterator[bytes]:
    try:
        with open(root.open(path), "rb", buffering=0) as file:
            while block := file.read(_BLOCK_BYTES):
                yield block
    except (LeavesRoot, OSError) as error:
        if isinstance(error, OSError) and error.errno in RESOURCE_ERRNOS:
            raise NoVerdict(f"{path}: {error.strerror}") from None
        raise FileChanged from None


def _describe_progress(path: str, size_bytes: int, done_bytes: int) -> str:
    return f"searching {path} {format_bytes(done_bytes, size_bytes)}"
