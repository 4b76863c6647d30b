"""The judging process: reads a request from standard input, runs the checks, and writes a line for each event.

It is started as `python -I -S` with a cleaned environment and in a session of its own, so that nothing of the
repository, the current directory or the caller's settings runs in it. What a check or a library prints cannot be taken
for a line of the protocol: standard output is redirected before either is imported.
"""

import contextlib
import gc
import os
import signal
import sys
import threading
from fcntl import F_GETFL, F_SETFL, F_SETOWN, fcntl
from functools import partial
from importlib import import_module
from typing import Final

from gate_tests.isolated_pytest.fork import judge_in_fork
from gate_tests.isolated_pytest.protocol import CRASHED, ENDED, ProtocolEncoder, Request
from gate_tests.progress import report_progress_to

_PIPE_BYTES: Final = 1 << 16
"""Of a pipe of Linux: the parent wakes up at each write."""


def main() -> None:
    """Runs the whole process: never returns."""
    gc.disable()  # the process is short-lived
    os.chdir("/")
    os.closerange(3, 256)  # whatever the caller of `orch` had open
    encoder = ProtocolEncoder(os.fdopen(os.dup(1), "wb", _PIPE_BYTES))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        _serve(encoder)
    except BaseException as error:
        encoder.send(CRASHED, f"{type(error).__name__}: {error}")
    os._exit(0)  # everything has been sent; nothing needs to be cleaned up


def _serve(encoder: ProtocolEncoder) -> None:
    _import_modules()  # meanwhile the parent reads the record and the contract
    while line := sys.stdin.buffer.readline():
        request = Request.decode(line)
        if not request.forks:
            _exit_with_parent()
            _answer(request, encoder)
            return
        judge_in_fork(partial(_answer, request, encoder), encoder)


def _answer(request: Request, encoder: ProtocolEncoder) -> None:
    _judge(request, encoder)
    encoder.send(ENDED, request.token)


_MODULES: Final = (
    "pytest_jsonreport.plugin", "gate_tests.pytest_session.hooks", "gate_tests.isolated_pytest.run",
    "gate_tests.isolated_pytest.observed_evaluation",
)  # fmt: skip


def _import_modules() -> None:
    try:
        for module in _MODULES:
            import_module(module)
    except ImportError:
        from site import main as add_paths_of_pth_files  # one of them is an editable install

        add_paths_of_pth_files()
        for module in _MODULES:
            import_module(module)


def _judge(request: Request, encoder: ProtocolEncoder) -> None:
    from gate_tests.isolated_pytest.observed_evaluation import ObservedEvaluation
    from gate_tests.isolated_pytest.run import run_checks

    if request.columns is not None:
        os.environ["COLUMNS"] = str(request.columns)  # where pytest looks for the width
    evaluation = ObservedEvaluation.from_request(
        request.root, request.context, request.contracts, request.options, encoder
    )
    with report_progress_to(encoder.on_progress) if request.progress else contextlib.nullcontext():
        run_checks(
            evaluation,
            encoder,
            color=request.color,
            workers=request.workers,
            verbose=request.verbose,
            wrap_columns=request.wrap_columns,
            with_durations=request.forks,
        )


def _exit_with_parent() -> None:
    """Standard input ends when the parent does. Then the system ends this process, whatever it is doing."""
    threading.Thread(target=_exit_at_end_of_stdin, daemon=True).start()  # for systems that send no signal
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    with contextlib.suppress(OSError):
        fcntl(0, F_SETOWN, os.getpid())
        fcntl(0, F_SETFL, fcntl(0, F_GETFL) | os.O_ASYNC)  # SIGIO, which has no handler


def _exit_at_end_of_stdin() -> None:
    sys.stdin.buffer.read()
    os._exit(1)
