"""Finds the processes that an agent left running: in a session of their own, so that its end is not theirs.

They are known by a variable of their environment (Linux; elsewhere none is found). One that has cleared its environment
is not found either.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from gate_tests.plurals import format_count
from gate_tests.sanitize import sanitize_line

INVOCATION_VARIABLE: Final = "ORCH_INVOCATION"
_PROCESSES: Final = Path("/proc")
_ENDING_S: Final = 0.05
"""For so long a process that was killed may still be seen."""

_MAX_LISTED: Final = 10
_MAX_COMMAND: Final = 100
"""In characters."""


class LeftProcess(NamedTuple):
    """A process with the command that it shows in lists."""

    pid: int
    command: str


def find_left_processes(invocation_id: str) -> list[LeftProcess]:
    """The living processes that the invocation started, by pid. Call it after the process group has been killed."""
    variable = f"{INVOCATION_VARIABLE}={invocation_id}".encode()
    found = [pid for pid in _list_pids() if _has_variable(pid, variable)]
    if found:
        time.sleep(_ENDING_S)
    return [LeftProcess(pid, _read_command(pid)) for pid in found if _has_variable(pid, variable)]


def describe_left_processes(left: list[LeftProcess]) -> Iterator[str]:
    """A line for each, up to ten, without line breaks."""
    for each in left[:_MAX_LISTED]:
        yield f"left running: process {each.pid} ({sanitize_line(each.command, _MAX_COMMAND)})"
    if len(left) > _MAX_LISTED:
        yield f"left running: {format_count(len(left) - _MAX_LISTED, 'more process', 'more processes')}"


def _list_pids() -> list[int]:
    try:
        names = os.listdir(_PROCESSES)
    except OSError:
        return []
    return sorted(int(name) for name in names if name.isdecimal())


def _has_variable(pid: int, variable: bytes) -> bool:
    return variable in _read(pid, "environ").split(b"\0")


def _read_command(pid: int) -> str:
    return " ".join(_read(pid, "cmdline").decode(errors="replace").rstrip("\0").split("\0"))


def _read(pid: int, name: str) -> bytes:
    """A file of a process; empty where it is gone, or another user's."""
    try:
        return (_PROCESSES / str(pid) / name).read_bytes()
    except OSError:
        return b""
