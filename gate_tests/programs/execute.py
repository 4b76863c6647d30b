"""Runs one program without a shell, for so long and no longer, and ends all that it started."""

import contextlib
import os
import signal
import time
from hashlib import file_digest
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen
from typing import Final

from gate_tests.programs.program import Program, Ran
from gate_tests.programs.signals import ending_is_an_interrupt, exit_codes_are_kept, interrupts_wait, signal_name

MOST_OUTPUT_BYTES: Final = 256 * 1024 * 1024
"""How much a program may print before it is ended: a disk is sooner full than ten minutes over."""

_TAIL_BYTES: Final = 8192
_TAIL_LINES: Final = 10
_LONGEST_NAP_S: Final = 0.05


def execute(program: Program, root: Path, output: int) -> Ran:
    """Runs it in the folder `root`, in the caller's environment. All that it prints goes to the file `output`.

    It is in a group of its own, of which nothing goes on when this returns, however it does. A signal that would end
    this process on the spot raises KeyboardInterrupt, for the program would go on without it.
    """
    with ending_is_an_interrupt(), exit_codes_are_kept():
        return _execute(program, root, output)


def _execute(program: Program, root: Path, output: int) -> Ran:
    began = time.monotonic()
    process: Popen[bytes] | None = None
    failure = ""
    try:
        with interrupts_wait():
            process = Popen(
                program.arguments, cwd=root, stdin=DEVNULL, stdout=output, stderr=STDOUT, start_new_session=True
            )
        failure = _wait(process.pid, began + program.timeout_s, program.timeout_s, output)
    except (OSError, ValueError) as error:
        failure = f"it cannot be run ({getattr(error, 'strerror', None) or error})"
    finally:
        code = end_group(process) if process else None
    if code is not None and code < 0:
        failure = failure or f"it was ended by {signal_name(-code)}"
    duration_ms = round(1000 * (time.monotonic() - began))
    return Ran(None if failure else code, duration_ms, _sha256(output), failure)


def last_lines(output: int) -> tuple[str, ...]:
    """The last lines that a program printed, for people."""
    size = os.fstat(output).st_size
    text = os.pread(output, _TAIL_BYTES, max(0, size - _TAIL_BYTES)).decode("utf-8", "replace")
    return tuple(line.rstrip() for line in text.splitlines() if line.strip())[-_TAIL_LINES:]


def end_group(process: "Popen[bytes]") -> int:
    """Ends its whole group. Its exit code: 0 too where the system has kept none."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def has_ended(pid: int) -> bool:
    """Whether a child has, whose number stays its own until it is waited for."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def unknowable(pid: int) -> str:
    """Why nobody can say with what it ended, if so: whoever called us told the system not to keep exit codes."""
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return "nobody can tell how it ended, for the signal SIGCHLD is ignored here"
    return ""


def _wait(pid: int, deadline: float, timeout_s: float, output: int) -> str:
    """Returns when it has ended, or why it has to be. Its number is its own until its group is ended."""
    nap_s = 0.001
    while not has_ended(pid):
        if time.monotonic() >= deadline:
            return f"it took longer than {timeout_s:g} s, its limit, and was ended"
        if os.fstat(output).st_size > MOST_OUTPUT_BYTES:
            return f"it printed more than {MOST_OUTPUT_BYTES >> 20} MiB and was ended"
        time.sleep(nap_s)
        nap_s = min(2 * nap_s, _LONGEST_NAP_S)
    return unknowable(pid)


def _sha256(output: int) -> str:
    os.lseek(output, 0, os.SEEK_SET)
    with os.fdopen(output, "rb", closefd=False) as file:
        return file_digest(file, "sha256").hexdigest()
