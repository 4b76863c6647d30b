"""The pointers that Git LFS commits in place of files. Its programs are never run."""

import re
from typing import Final

IS_POINTER: Final = "is a Git LFS pointer"
MAX_POINTER_BYTES: Final = 1024
_POINTER: Final = re.compile(
    rb"version https://[^\n]+/spec/v1\n(?:[a-z0-9.-]+ [^\n]+\n)*oid sha256:[0-9a-f]{64}\nsize \d+\n"
)


def is_pointer(content: bytes) -> bool:
    """Whether a file is a pointer, and its content is elsewhere."""
    return _POINTER.fullmatch(content) is not None
