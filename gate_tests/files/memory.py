"""How much memory the files of a gate may take while they are judged."""

import sys
from pathlib import Path
from typing import Final

MAX_MEMORY_MIB: Final = 448
"""What a judging process may allocate. With the libraries that it maps, it stays below 512 MiB."""
_HEADROOM_BYTES: Final = 384 << 20
"""What is left for the checks where a library has taken much when it was imported."""
_MAPPED_BYTES: Final = 64 << 20
"""What libraries take besides: only a limit of the whole address space counts it."""


def is_limited_by_system() -> bool:
    """Whether the system allows this process less than a check may take: then no check fails for lack of memory."""
    if sys.platform != "linux":
        return False
    from resource import RLIM_INFINITY, RLIMIT_AS, RLIMIT_DATA, getrlimit

    max_bytes = MAX_MEMORY_MIB << 20
    limits = ((RLIMIT_DATA, max_bytes), (RLIMIT_AS, max_bytes + _MAPPED_BYTES))
    return any(RLIM_INFINITY != getrlimit(limit)[0] < size_bytes for limit, size_bytes in limits)


class MemoryLimit:
    """Limits what this process may allocate, on Linux: an allocation that exceeds it raises MemoryError.

    Other systems do not enforce such a limit.
    """

    def __init__(self) -> None:
        self._before: tuple[int, int] | None = None

    def set(self) -> None:
        """Sets the limit, or a lower one that the system has set already."""
        if self._before or sys.platform != "linux":
            return
        import resource  # only judging needs it

        self._before = soft, hard = resource.getrlimit(resource.RLIMIT_DATA)
        limit = max(MAX_MEMORY_MIB << 20, _read_allocated_bytes() + _HEADROOM_BYTES)
        if soft == resource.RLIM_INFINITY or limit < soft:
            resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))

    def lift(self) -> None:
        """Restores the limit that there was."""
        if self._before:
            import resource

            resource.setrlimit(resource.RLIMIT_DATA, self._before)
            self._before = None


def _read_allocated_bytes() -> int:
    from resource import getpagesize

    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[5]) * getpagesize()
    except (OSError, ValueError, IndexError):
        return 0
