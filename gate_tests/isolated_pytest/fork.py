"""Judges in a fork of the judging process, so that it can judge again: nothing of one session is left for the next.

The fork has what the process had imported, and nothing else: the process itself never judges, nor starts a thread.
"""

import os
import select
import signal
from collections.abc import Callable

from gate_tests.isolated_pytest.protocol import CRASHED, ProtocolEncoder


def judge_in_fork(answer: Callable[[], object], encoder: ProtocolEncoder) -> None:
    """Calls `answer` in a fork and waits for its end. If the fork does not end by itself, this process ends like it.

    If the requesting process ends meanwhile, both are killed.
    """
    ended, running = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(ended)
        _run(answer, encoder)
    os.close(running)
    _wait(ended)
    os.close(ended)
    _, status = os.waitpid(pid, 0)
    if code := os.waitstatus_to_exitcode(status):
        _end_like(code)


def _run(answer: Callable[[], object], encoder: ProtocolEncoder) -> None:
    """Never returns. Standard input has the next request, which is not for this process."""
    try:
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        answer()
    except BaseException as error:
        encoder.send(CRASHED, f"{type(error).__name__}: {error}")
    os._exit(0)  # as in the server


def _wait(ended: int) -> None:
    """Waits until the other end of the pipe is closed. Kills the process group if standard input ends before that."""
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
