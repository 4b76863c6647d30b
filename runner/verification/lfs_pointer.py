"""The pointers that Git LFS commits in place of files. Its programs are never run."""

import re
from typing import Final, NamedTuple

IS_POINTER: Final = "is a Git LFS pointer"
MAX_POINTER_BYTES: Final = 1024
_POINTER: Final = re.compile(
    rb"version https://[^\n]+/spec/v1\n(?:[a-z0-9.-]+ [^\n]+\n)*oid sha256:([0-9a-f]{64})\nsize (\d{1,18})\n"
)


class Pointer(NamedTuple):
    """The file that a pointer stands for."""

    sha256: str
    size_bytes: int


def parse_pointer(content: bytes) -> Pointer | None:
    """The file that a pointer names; None for what is not a pointer."""
    match = _POINTER.fullmatch(content)
    return Pointer(match[1].decode(), int(match[2])) if match else None


def is_pointer(content: bytes) -> bool:
    """Whether a file is a pointer, and its content is elsewhere."""
    return parse_pointer(content) is not None
