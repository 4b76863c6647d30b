"""How much memory a command takes: the peak of each of its processes, as the kernel keeps it."""

import contextlib
import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure.timer import Command, check, environment

_INTERVAL_S = 0.005
_PEAK = re.compile(r"^VmHWM:\s+([0-9]+) kB$", re.MULTILINE)


@dataclass(frozen=True)
class Peak:
    """The peaks of all processes of a command, in megabytes."""

    processes_mb: tuple[float, ...]

    @property
    def sum_mb(self) -> float:
        """What they take together if all are at their peak at once: never less than was really taken."""
        return sum(self.processes_mb)

    @property
    def largest_mb(self) -> float:
        """What the largest takes."""
        return max(self.processes_mb)


def peak(command: Command) -> Peak:
    """Runs it and looks at its processes every few milliseconds. Linux only. Raises NotMeasured."""
    command.prepare()
    seen_kb: dict[int, int] = {}
    with tempfile.TemporaryFile("w+") as printed:
        process = subprocess.Popen(
            command.arguments,
            cwd=command.folder,
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
        )
        while process.poll() is None:
            for pid in _tree(process.pid):
                seen_kb[pid] = max(seen_kb.get(pid, 0), _peak_kb(pid))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_INTERVAL_S)
        printed.seek(0)
        check(command, process.returncode, printed.read(), "")
    return Peak(tuple(kb / 1024 for kb in seen_kb.values()))


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in children.read_text("ascii").split():
                if _words(int(child)) != _words(pid):  # else it is a fork that has not become a program yet
                    yield from _tree(int(child))


def _words(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _peak_kb(pid: int) -> int:
    """0 for a process that has just ended."""
    with contextlib.suppress(OSError):
        if found := _PEAK.search(Path(f"/proc/{pid}/status").read_text("utf-8", "replace")):
            return int(found[1])
    return 0
