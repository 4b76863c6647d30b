"""The judging process: takes one request on standard input, runs the checks, and tells what happens, line by line.

It is started as `python -I -S` with an environment of ours and in a session of its own, so that nothing of the
repository, the current folder or the caller's settings runs in it. Each line it writes is `[what happens, …]`, called
after the method of a witness; the last one is `["ends", token]`. What a check or a library prints cannot be taken for
such a line: standard output is taken away before either is imported.
"""

import contextlib
import gc
import os
import signal
import sys
import threading
from fcntl import F_GETFL, F_SETFL, F_SETOWN, fcntl
from importlib import import_module

from gate_tests.isolated_pytest.protocol import BROKE, ENDED, ProtocolEncoder, Request
from gate_tests.progress import report_progress_to


def main() -> None:
    """The whole process: never returns."""
    gc.disable()  # it is short
    os.chdir("/")
    os.closerange(3, 256)  # whatever the caller of `orch` had open
    messenger = ProtocolEncoder(os.dup(1))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        _serve(messenger)
    except BaseException as error:
        messenger.tell(BROKE, f"{type(error).__name__}: {error}")
    os._exit(0)  # all has been told; there is nothing to tidy up


def _serve(messenger: ProtocolEncoder) -> None:
    _load()  # takes its time while the parent still reads the record and the contract
    line = sys.stdin.buffer.readline()
    if line:
        _die_with_the_parent()
        request = Request.decode(line)
        _judge(request, messenger)
        messenger.tell(ENDED, request.token)


_MODULES = (
    "pytest_jsonreport.plugin", "gate_tests.pytest_session.hooks", "gate_tests.isolated_pytest.run",
    "gate_tests.isolated_pytest.observed_evaluation",
)  # fmt: skip


def _load() -> None:
    try:
        for module in _MODULES:
            import_module(module)
    except ImportError:
        from site import main as add_what_pth_files_name  # one of them is installed as editable

        add_what_pth_files_name()
        for module in _MODULES:
            import_module(module)


def _judge(request: Request, messenger: ProtocolEncoder) -> None:
    from gate_tests.isolated_pytest.observed_evaluation import ObservedEvaluation
    from gate_tests.isolated_pytest.run import run_checks

    if request.columns is not None:
        os.environ["COLUMNS"] = str(request.columns)  # where pytest looks for the width
    evaluation = ObservedEvaluation.requested(
        request.root, request.context, request.contracts, request.options, messenger
    )
    with report_progress_to(messenger.goes_on) if request.progress else contextlib.nullcontext():
        run_checks(evaluation, messenger, color=request.color, workers=request.workers, verbose=request.verbose)


def _die_with_the_parent() -> None:
    """Standard input ends when the parent does. Then the system ends this process, whatever it is doing."""
    threading.Thread(target=_leave_with_the_parent, daemon=True).start()  # where the system sends no signal
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    with contextlib.suppress(OSError):
        fcntl(0, F_SETOWN, os.getpid())
        fcntl(0, F_SETFL, fcntl(0, F_GETFL) | os.O_ASYNC)  # SIGIO, which nobody handles


def _leave_with_the_parent() -> None:
    sys.stdin.buffer.read()
    os._exit(1)
