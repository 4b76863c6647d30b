"""Runs git: never one that the repository contains, and none longer than allowed."""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Final

from gate_tests.files.confined import is_inside_root
from gate_tests.files.regular_file import MAX_FILE_BYTES, format_limit
from runner.git.repository import GitFailed, GitNotInstalled, GitTimedOut, GitUnavailable, list_surrounding_directories

_TIMEOUT_S: Final = 10.0
"""Limit for all commands of a query: a FIFO named .gitattributes would block git for ever."""

_LOOK_EVERY_S: Final = 0.1
"""How often the size of what it has printed is looked at."""

_VARIABLES: Final = {
    "GIT_OPTIONAL_LOCKS": "0",  # the index is not refreshed
    "GIT_TRACE2": "0",  # no file is written that the user's configuration names
    "GIT_TRACE2_EVENT": "0",
    "GIT_TRACE2_PERF": "0",
}


class GitCommand:
    """Runs git commands that share one deadline; with a `timeout_s`, each has that much time of its own."""

    def __init__(self, root: Path, timeout_s: float | None = None) -> None:
        self.root = root
        self._timeout_s = timeout_s
        self._shared_deadline = monotonic() + _TIMEOUT_S
        self._lock = Lock()
        self._running: set[subprocess.Popen[bytes]] = set()
        self._is_stopped = False

    def run(self, *arguments: str, variables: Mapping[str, str], stdin: bytes = b"") -> bytes:
        """The output of a command. Raises GitUnavailable, OSError."""
        return self.run_with_messages(*arguments, variables=variables, stdin=stdin)[0]

    def run_with_messages(
        self, *arguments: str, variables: Mapping[str, str], stdin: bytes = b""
    ) -> tuple[bytes, bytes]:
        """The output of a command, and what it wrote to stderr. Raises GitUnavailable, OSError."""
        with self.open_process(*arguments, variables=variables) as process:
            output, errors = self._communicate(process, stdin)
        if process.returncode not in (0, 1):  # 1: no match
            raise GitFailed(describe_failure(errors, process.returncode), errors)
        return output, errors

    @contextmanager
    def open_process(self, *arguments: str, variables: Mapping[str, str]) -> "Iterator[subprocess.Popen[bytes]]":
        """A command that runs until the context ends, its input and outputs being pipes, without a deadline.

        Raises GitUnavailable, OSError.
        """
        process = self._start(arguments, variables)
        try:
            with process:
                try:
                    yield process
                finally:
                    process.kill()
        finally:
            with self._lock:
                self._running.discard(process)

    def _communicate(self, process: "subprocess.Popen[bytes]", stdin: bytes) -> tuple[bytes, bytes]:
        """What it prints to its two outputs. Raises GitUnavailable if that is too much, or takes too long."""
        timeout_s = self._timeout_s or _TIMEOUT_S
        deadline = monotonic() + timeout_s if self._timeout_s else self._shared_deadline
        while True:
            left_s = max(deadline - monotonic(), 0)
            try:
                # What it prints about a list that it is given has the size of the list.
                return process.communicate(stdin, timeout=left_s if stdin else min(left_s, _LOOK_EVERY_S))
            except subprocess.TimeoutExpired as unfinished:
                if sum(map(len, filter(None, (unfinished.output, unfinished.stderr)))) > MAX_FILE_BYTES:
                    raise GitUnavailable(f"it printed more than {format_limit(MAX_FILE_BYTES)}") from None
                if monotonic() >= deadline:
                    raise GitTimedOut(f"timed out after {timeout_s:g} s") from None

    def stop(self) -> None:
        """Kills the running commands; no other is started."""
        with self._lock:
            self._is_stopped = True
            for process in self._running:
                process.kill()

    def is_untrusted(self, path: str) -> bool:
        """Whether the path, with symlinks resolved, is in the root or in a repository around it: agents write there."""
        return any(is_inside_root(Path(directory), path) for directory in self._surrounding_directories)

    def _start(self, arguments: tuple[str, ...], variables: Mapping[str, str]) -> "subprocess.Popen[bytes]":
        program = self._program
        with self._lock:
            if self._is_stopped:
                raise GitUnavailable("it was stopped")
            process = subprocess.Popen(
                [program, "--no-pager", *arguments],
                cwd=self.root,
                env={**_remove_git_variables(os.environ), **_VARIABLES, **variables, "PATH": self._search_path},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
            self._running.add(process)
            return process

    @cached_property
    def _program(self) -> str:
        path = (os.path.join(directory, "git") for directory in self._search_path.split(os.pathsep) if directory)
        program = next((each for each in path if _is_program(each) and not self.is_untrusted(each)), None)
        if program is None:
            raise GitNotInstalled("git is not on the PATH")
        return program

    @cached_property
    def _search_path(self) -> str:
        """The directories of PATH outside the repository, which may contain a program called git."""
        path = os.environ.get("PATH", os.defpath).split(os.pathsep)
        return os.pathsep.join(each for each in path if os.path.isabs(each) and not self.is_untrusted(each))

    @cached_property
    def _surrounding_directories(self) -> tuple[str, ...]:
        return tuple(list_surrounding_directories(self.root))


def _remove_git_variables(environ: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environ.items() if not name.startswith("GIT_")}


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)


def describe_failure(errors: bytes, exit_code: int) -> str:
    """Why a command failed: the last line that it printed, else its exit code."""
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    return lines[-1] if lines else f"exit code {exit_code}"
