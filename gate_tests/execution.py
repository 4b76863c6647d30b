"""Runs one program without a shell, for so long and no longer, and ends all that it started."""

import contextlib
import os
import signal
import time
from hashlib import file_digest
from pathlib import Path
from subprocess import DEVNULL, STDOUT, Popen

from gate_tests.programs import Program, Ran
from gate_tests.signals import ending_is_an_interrupt, exit_codes_are_kept, signal_name

MOST_OUTPUT_BYTES = 256 * 1024 * 1024
"""How much a program may print before it is ended: a disk is sooner full than ten minutes over."""

_TAIL_BYTES, _TAIL_LINES = 8192, 10
_LONGEST_NAP_S = 0.05


def execute(program: Program, root: Path, output: int) -> Ran:
    """Runs it in the folder `root`, in the caller's environment. All that it prints goes to the file `output`.

    It is in a group of its own, of which nothing goes on when this returns, however it does. A signal that would end
    this process on the spot raises KeyboardInterrupt, for the program would go on without it.
    """
    with ending_is_an_interrupt(), exit_codes_are_kept():
        return _execute(program, root, output)


def _execute(program: Program, root: Path, output: int) -> Ran:
    began = time.monotonic()
    try:
        process = Popen(
            program.arguments, cwd=root, stdin=DEVNULL, stdout=output, stderr=STDOUT, start_new_session=True
        )
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        code, failure = None, f"it cannot be run ({why})"
    else:
        code, failure = _wait(process, began + program.timeout_s, program.timeout_s, output)
    duration_ms = round(1000 * (time.monotonic() - began))
    return Ran(code, duration_ms, _sha256(output), failure)


def last_lines(output: int) -> tuple[str, ...]:
    """The last lines that a program printed, for people."""
    size = os.fstat(output).st_size
    text = os.pread(output, _TAIL_BYTES, max(0, size - _TAIL_BYTES)).decode("utf-8", "replace")
    return tuple(line.rstrip() for line in text.splitlines() if line.strip())[-_TAIL_LINES:]


def _wait(process: "Popen[bytes]", deadline: float, timeout_s: float, output: int) -> tuple[int | None, str]:
    """Its exit code, or None and why it has none. Its number is its own until its group is ended."""
    failure = ""
    try:
        nap_s = 0.001
        while not failure and not _has_ended(process.pid):
            if time.monotonic() >= deadline:
                failure = f"it took longer than {timeout_s:g} s, its limit, and was ended"
            elif os.fstat(output).st_size > MOST_OUTPUT_BYTES:
                failure = f"it printed more than {MOST_OUTPUT_BYTES >> 20} MiB and was ended"
            else:
                time.sleep(nap_s)
                nap_s = min(2 * nap_s, _LONGEST_NAP_S)
        failure = failure or _unknowable(process.pid)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()  # 0 too where the system has kept no exit code
    if failure:
        return None, failure
    return (code, "") if code >= 0 else (None, f"it was ended by {signal_name(-code)}")


def _has_ended(pid: int) -> bool:
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def _unknowable(pid: int) -> str:
    """Why nobody can say with what it ended, if so: whoever called us told the system not to keep exit codes."""
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return "nobody can tell how it ended, for the signal SIGCHLD is ignored here"
    return ""


def _sha256(output: int) -> str:
    os.lseek(output, 0, os.SEEK_SET)
    with os.fdopen(output, "rb", closefd=False) as file:
        return file_digest(file, "sha256").hexdigest()
