"""A program in a process group of its own that ends with this process, even where that is killed by SIGKILL.

Its supervisor is a shell that reads from a pipe whose other end only this process has: when this process is gone, in
whichever way, the pipe ends. (A signal at the death of the parent, as Linux has it, reaches no group.) The shell takes
less than 1 ms to start.
"""

import contextlib
import os
import signal
from subprocess import DEVNULL, Popen
from typing import Any, Final

_SHELL: Final = "/bin/sh"
_SCRIPT: Final = 'read -r group && { read -r _ || kill -s KILL -- "-$group"; }'
_NAME: Final = "orch-supervisor"
"""As it is listed among processes."""


class SupervisedProcess(Popen[bytes]):
    """A Popen in a session of its own, which is to be ended by `kill_group`. Raises as Popen does.

    Where the system has no shell, nothing is supervised.
    """

    def __init__(self, arguments: tuple[str, ...], **options: Any) -> None:
        self._supervisor = _Supervisor()  # before the program, so that it waits already
        try:
            super().__init__(arguments, start_new_session=True, **options)
        except BaseException:
            self._supervisor.dismiss()
            raise
        self._supervisor.watch(self.pid)

    def kill_group(self) -> int:
        """Kill its process group and return its exit code, which is 0 too if the system has kept none."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        self._supervisor.dismiss()  # before the id of the group can be reused
        return self.wait()


class _Supervisor:
    """The shell. It has a session of its own, so that it gets no signal of a terminal."""

    def __init__(self) -> None:
        pipe, self._pipe = os.pipe()
        self._process: Popen[bytes] | None = None
        try:
            command = (_SHELL, "-c", _SCRIPT, _NAME)
            self._process = Popen(
                command, stdin=pipe, stdout=DEVNULL, stderr=DEVNULL, cwd="/", env={}, start_new_session=True
            )
        except OSError:
            pass
        finally:
            os.close(pipe)

    def watch(self, group: int) -> None:
        """From now on the group is killed when this process is gone."""
        with contextlib.suppress(OSError):  # the supervisor was ended by somebody
            os.write(self._pipe, b"%d\n" % group)

    def dismiss(self) -> None:
        """Ends it; nothing happens to the group."""
        if self._process:
            self._process.kill()
            self._process.wait()
        os.close(self._pipe)
