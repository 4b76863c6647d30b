"""Runs a program without a shell and streams its output."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from subprocess import PIPE, STDOUT
from typing import Final, NamedTuple

from gate_tests.programs.execute import (
    MAX_OUTPUT_BYTES,
    describe_excess,
    explain_unknown_exit_code,
    is_finished,
)
from gate_tests.programs.signals import defer_interrupts, interrupt_on_termination, keep_exit_codes, signal_name
from gate_tests.programs.supervisor import SupervisedProcess
from runner.models.invocation import Ended

_CHUNK_BYTES: Final = 65_536
_NAP_S: Final = 0.05
_SIGNAL_EXIT_CODE: Final = 128
"""A shell adds the number of the signal to it."""

_GRACE_S: Final = 3.0
"""The time between SIGTERM and SIGKILL."""


class ProgramNotStarted(Exception):
    """The operating system could not start the program; the message says why."""


class StreamEnd(NamedTuple):
    """How a program ended. `exit_code` is that of a shell, None where it is unknown; `description` is for messages."""

    ended: Ended
    exit_code: int | None
    description: str


class StreamedProgram(NamedTuple):
    """A program to run in `root`. `stdin` is an open file descriptor; `timeout_s` None: no limit."""

    arguments: tuple[str, ...]
    root: Path
    environment: Mapping[str, str]
    stdin: int
    timeout_s: float | None

    def run(self, show: Callable[[bytes], object]) -> StreamEnd:
        """Blocks until it has ended. Raises ProgramNotStarted.

        It runs in a process group of its own, which is killed before this returns or raises, and with this process. A
        signal that would kill this process raises KeyboardInterrupt instead.
        """
        with interrupt_on_termination(), keep_exit_codes():
            return self._run(show)

    def _run(self, show: Callable[[bytes], object]) -> StreamEnd:
        process: SupervisedProcess | None = None
        code = 0
        try:
            with defer_interrupts():
                process = self._start()
            killed = self._stream_output(process, show)
        finally:
            if process:
                code = _end(process)
        return killed or _describe_exit(code)

    def _start(self) -> SupervisedProcess:
        try:
            return SupervisedProcess(
                self.arguments, cwd=self.root, env=self.environment, stdin=self.stdin, stdout=PIPE, stderr=STDOUT
            )
        except (OSError, ValueError) as error:
            raise ProgramNotStarted(getattr(error, "strerror", None) or str(error)) from None

    def _stream_output(self, process: SupervisedProcess, show: Callable[[bytes], object]) -> StreamEnd | None:
        """Passes its output to `show` until it has ended or has to be killed; None where its exit code says how."""
        deadline = time.monotonic() + (float("inf") if self.timeout_s is None else self.timeout_s)
        assert process.stdout
        printing = process.stdout.fileno()
        os.set_blocking(printing, False)
        is_open, left = True, MAX_OUTPUT_BYTES

        def pass_on(chunk: bytes) -> None:
            nonlocal left
            left -= len(chunk)
            show(chunk)

        while not is_finished(process.pid):
            if left < 0:
                return StreamEnd(Ended.OUTPUT_LIMIT, None, f"{describe_excess(MAX_OUTPUT_BYTES)} and was killed")
            if time.monotonic() >= deadline:
                return StreamEnd(Ended.TIMED_OUT, None, f"timed out after {self.timeout_s:g} s")
            if is_open:
                select.select([printing], [], [], _NAP_S)
                is_open = _pass_on(printing, pass_on)
            else:
                time.sleep(_NAP_S)
        # Its last output; not until the end of the pipe, which processes that it started may keep open.
        while is_open and left >= 0 and _is_ready(printing):
            is_open = _pass_on(printing, pass_on)
        if left < 0:
            return StreamEnd(Ended.OUTPUT_LIMIT, None, describe_excess(MAX_OUTPUT_BYTES))
        unknown = explain_unknown_exit_code(process.pid)
        return StreamEnd(Ended.EXITED, None, unknown) if unknown else None


def _describe_exit(code: int) -> StreamEnd:
    """The end of a program that exited; `code` is negative if a signal killed it."""
    if code < 0:
        return StreamEnd(Ended.EXITED, _SIGNAL_EXIT_CODE - code, f"killed by {signal_name(-code)}")
    return StreamEnd(Ended.EXITED, code, f"exit code {code}")


def _pass_on(printing: int, show: Callable[[bytes], object]) -> bool:
    """Passes on what can be read now; whether there may be more."""
    try:
        chunk = os.read(printing, _CHUNK_BYTES)
    except BlockingIOError:
        return True
    if chunk:
        show(chunk)
    return bool(chunk)


def _is_ready(printing: int) -> bool:
    return bool(select.select([printing], [], [], 0)[0])


def _end(process: SupervisedProcess) -> int:
    """Ends its process group, with SIGTERM first; returns the exit code."""
    try:
        if not is_finished(process.pid):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGTERM)
            deadline = time.monotonic() + _GRACE_S
            while time.monotonic() < deadline and not is_finished(process.pid):
                time.sleep(_NAP_S)
    finally:
        code = process.kill_group()
        if process.stdout:
            process.stdout.close()
    return code
