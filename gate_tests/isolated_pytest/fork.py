"""Judges in a fork of the judging process, so that it can judge again: nothing of one session is left for the next.

The fork has what the process had imported, and nothing else: the process itself never judges, nor starts a thread.
"""

import os
import select
import signal
from collections.abc import Callable
from typing import Final

from gate_tests.isolated_pytest.protocol import CRASHED, ProtocolEncoder

_ANSWERED: Final = b"\0"


def judge_in_fork(answer: Callable[[], object], encoder: ProtocolEncoder) -> None:
    """Calls `answer` in a fork and waits for its end. If the fork ends before that, this process ends like it.

    If the requesting process ends meanwhile, both are killed.
    """
    ended, running = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ended)
        _run(answer, encoder, running)
    os.close(running)
    _wait(ended)
    has_answered = os.read(ended, 1) == _ANSWERED
    os.close(ended)
    _, status = os.waitpid(pid, 0)
    if not has_answered:  # a check may have ended it, with any exit code
        _end_like(os.waitstatus_to_exitcode(status))


def _run(answer: Callable[[], object], encoder: ProtocolEncoder, running: int) -> None:
    """Never returns. Standard input has the next request, which is not for this process."""
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        answer()
        os.write(running, _ANSWERED)  # a process that a check has left may keep the pipe open
    except BaseException as error:
        encoder.send(CRASHED, f"{type(error).__name__}: {error}")
    os._exit(0)  # as in the server


def _wait(ended: int) -> None:
    """Waits until the other end of the pipe is written to or closed.

    Kills the process group if standard input ends before that.
    """
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(0, 0)  # only its end is awaited: a request may be there already
    while True:
        events = dict(poll.poll())
        if ended in events:
            return
        if events.get(0, 0) & (select.POLLHUP | select.POLLERR | select.POLLNVAL):
            os.killpg(0, signal.SIGKILL)


def _end_like(code: int) -> None:
    if code < 0:
        os.kill(os.getpid(), -code)
    os._exit(abs(code))
