"""The errors for a file that is not strict JSON, or could not be read."""

from typing import NamedTuple


class Mistake(NamedTuple):
    """What is wrong in a text, and the offset of the character at which it has to be corrected."""

    reason: str
    offset: int


class UnreadableDocument(Exception):
    """A file that is not a strict JSON document: `reason` says why, `line` is None if it applies to the whole file."""

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        self.path, self.reason, self.line = path, reason, line
        super().__init__(f"{path}:{line}: {reason}" if line else f"{path}: {reason}")


class InaccessibleDocument(UnreadableDocument):
    """A file that the system did not let us read: permissions, descriptors, I/O errors."""
