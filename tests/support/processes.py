"""Processes that are started, watched and ended in tests."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def running(*command: str | Path, cwd: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process without input whose output can be read; whatever fails meanwhile, it is ended at the end."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True)
    with process:
        try:
            yield process
        finally:
            process.kill()


def processes_below(parent: int) -> list[int]:
    """The ids of the processes that `parent` has started and that are still there."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(parent)], capture_output=True, text=True, check=False)
    return [int(line) for line in found.stdout.split()]


def is_running(process: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def wait_until(condition: Callable[[], object], at_most_s: float = 20) -> None:
    deadline = time.monotonic() + at_most_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def descendants(process: int) -> list[int]:
    """The ids of all that `process` and those below it have started."""
    below = processes_below(process)
    return [*below, *(each for child in below for each in descendants(child))]


def is_supervisor(process: int) -> bool:
    """Whether it ends the programs of an orch that is killed."""
    try:
        return b"orch-supervisor" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False
