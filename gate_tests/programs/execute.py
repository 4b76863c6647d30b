"""Runs a program without a shell, within limits of time and output, and kills its process group afterwards."""

import os
import time
from hashlib import sha256
from pathlib import Path
from subprocess import DEVNULL, STDOUT
from typing import Final

from gate_tests.files.regular_file import format_limit
from gate_tests.programs.program import Program, ProgramResult
from gate_tests.programs.signals import defer_interrupts, interrupt_on_termination, keep_exit_codes, signal_name
from gate_tests.programs.supervisor import SupervisedProcess

MAX_OUTPUT_BYTES: Final = 256 * 1024 * 1024
"""A program that prints more is killed: in ten minutes it could fill the disk."""

_BLOCK_BYTES: Final = 1 << 18
_TAIL_BYTES: Final = 8192
_TAIL_LINES: Final = 10
_MAX_NAP_S: Final = 0.05


def execute(program: Program, root: Path, output: int, stdin: int = DEVNULL) -> ProgramResult:
    """Run the program in the directory `root`, with the caller's environment; its output goes to the file `output`.

    It runs in a process group of its own, which is killed before this returns or raises, and with this process. SIGTERM
    and SIGHUP raise KeyboardInterrupt meanwhile.
    """
    with interrupt_on_termination(), keep_exit_codes():
        return _execute(program, root, output, stdin)


def _execute(program: Program, root: Path, output: int, stdin: int) -> ProgramResult:
    started_s = time.monotonic()
    process: SupervisedProcess | None = None
    failure: str | None = None
    try:
        with defer_interrupts():
            process = SupervisedProcess(program.arguments, cwd=root, stdin=stdin, stdout=output, stderr=STDOUT)
        failure = _wait(process.pid, started_s + program.timeout_s, program.timeout_s, output)
    except (OSError, ValueError) as error:
        failure = f"cannot be run ({getattr(error, 'strerror', None) or error})"
    finally:
        code = process.kill_group() if process else None
    if code is not None and code < 0:
        failure = failure or f"killed by {signal_name(-code)}"
    duration_ms = round(1000 * (time.monotonic() - started_s))
    if is_too_large := os.fstat(output).st_size > MAX_OUTPUT_BYTES:
        failure = failure or describe_excess(MAX_OUTPUT_BYTES)
        os.ftruncate(output, MAX_OUTPUT_BYTES)
    digest = "" if is_too_large else _hash_output(output)
    return ProgramResult(None if failure else code, duration_ms, digest, failure)


def read_last_lines(output: int) -> tuple[str, ...]:
    """The last lines of a program's output, for messages."""
    size = os.fstat(output).st_size
    text = os.pread(output, _TAIL_BYTES, max(0, size - _TAIL_BYTES)).decode("utf-8", "replace")
    text = text.replace("\0", "")  # a program can make its output longer than what it prints: a hole reads as NULs
    return tuple(line.rstrip() for line in text.splitlines() if line.strip())[-_TAIL_LINES:]


def describe_excess(max_bytes: int) -> str:
    """What is wrong with a program that printed more than `max_bytes`."""
    return f"printed more than {format_limit(max_bytes)}"


def is_finished(pid: int) -> bool:
    """Whether a child has exited. It is not reaped, so its pid is not reused."""
    try:
        return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
    except ChildProcessError:
        return True


def explain_unknown_exit_code(pid: int) -> str | None:
    """Why the exit code of a finished child is unknown, for messages; None if the system has kept it."""
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return "exit code unknown, because the signal SIGCHLD is ignored"
    return None


def _wait(pid: int, deadline: float, timeout_s: float, output: int) -> str | None:
    """Wait until it exits or exceeds a limit, and return what is wrong, if anything."""
    nap_s = 0.001
    while not is_finished(pid):
        if time.monotonic() >= deadline:
            return f"timed out after {timeout_s:g} s"
        if os.fstat(output).st_size > MAX_OUTPUT_BYTES:
            return f"{describe_excess(MAX_OUTPUT_BYTES)} and was killed"
        time.sleep(nap_s)
        nap_s = min(2 * nap_s, _MAX_NAP_S)
    return explain_unknown_exit_code(pid)


def _hash_output(output: int) -> str:
    """The hash of what it has printed; a process that it left behind may write on, so it is of a limited size."""
    digest, offset = sha256(), 0
    while offset < MAX_OUTPUT_BYTES and (block := os.pread(output, _BLOCK_BYTES, offset)):
        digest.update(block)
        offset += len(block)
    return digest.hexdigest()
