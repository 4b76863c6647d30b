"""Files that are large and take no room."""

from pathlib import Path

MIB = 1 << 20


def sparse(path: Path, size_bytes: int) -> Path:
    """A file of that size with a few bytes in its middle and at its end, and holes otherwise."""
    with path.open("wb") as file:
        for place in (size_bytes // 2, size_bytes - 3):
            file.seek(place)
            file.write(b"end")
    return path
