"""Finds the processes that an agent left running: in a session of their own, so that its end is not theirs.

They are known by a variable of their environment (Linux; elsewhere none is found). One that has cleared its environment
is not found either.
"""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from gate_tests.errors import Refused
from gate_tests.plurals import format_count
from gate_tests.sanitize import sanitize_line
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.run import Run
from runner.storage.file_lock import is_locked

INVOCATION_VARIABLE: Final = "ORCH_INVOCATION"
_PROCESSES: Final = Path("/proc")
_NAP_S: Final = 0.02
_ENDING_S: Final = 0.2
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
    return _find_processes(lambda environment: environment.get(INVOCATION_VARIABLE) == invocation_id)


def refuse_living_agent(workspace: Workspace, run: Run) -> None:
    """Raises Refused where an agent of a pipeline that was killed works on, so that no second one works beside it.

    That is one whose invocation is not recorded: the pipeline records it when its program has ended. A pipeline that is
    alive holds the lock of the run.
    """
    if is_locked(workspace.root / workspace.run_path(run.run_id)):
        return
    recorded = {each.invocation_id for each in run.invocations}
    living = _find_processes(
        lambda environment: (
            environment.get("ORCH_RUN") == run.run_id
            and environment.get(INVOCATION_VARIABLE, "") not in (recorded | {""})
        )
    )
    if living:
        listed = ", ".join(f"{each.pid} ({sanitize_line(each.command, _MAX_COMMAND)})" for each in living[:_MAX_LISTED])
        raise Refused(
            f"an agent of run {run.run_id} still works, though the orch that started it was killed: process {listed}",
            next_command=suggestions.end_processes(each.pid for each in living),
        )


def _find_processes(matches: Callable[[Mapping[str, str]], bool]) -> list[LeftProcess]:
    """The processes with such an environment that do not end within a moment, by pid; never this one."""
    found = [pid for pid in _list_pids() if pid != os.getpid() and matches(_read_environment(pid))]
    deadline = time.monotonic() + _ENDING_S
    while found and time.monotonic() < deadline:
        time.sleep(_NAP_S)
        found = [pid for pid in found if matches(_read_environment(pid))]
    return [LeftProcess(pid, _read_command(pid)) for pid in found]


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


def _read_environment(pid: int) -> dict[str, str]:
    """Its own variables of orch."""
    entries = _read(pid, "environ").split(b"\0")
    pairs = (entry.decode(errors="replace").partition("=") for entry in entries if entry.startswith(b"ORCH_"))
    return {name: value for name, _, value in pairs}


def _read_command(pid: int) -> str:
    return " ".join(_read(pid, "cmdline").decode(errors="replace").rstrip("\0").split("\0"))


def _read(pid: int, name: str) -> bytes:
    """A file of a process; empty where it is gone, or another user's."""
    try:
        return (_PROCESSES / str(pid) / name).read_bytes()
    except OSError:
        return b""
