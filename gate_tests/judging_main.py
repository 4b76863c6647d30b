"""The judging process: takes one request on standard input, runs the checks, and tells what happens, line by line.

It is started as `python -I -S` with an environment of ours and in a session of its own, so that nothing of the
repository, the current folder or the caller's settings runs in it. Each line it writes is `[what happens, …]`, called
after the method of a witness; the last one is `["ends", token]`. What a check or a library prints cannot be taken for
such a line: standard output is taken away before either is imported.
"""

import contextlib
import gc
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from fcntl import F_GETFL, F_SETFL, F_SETOWN, fcntl
from importlib import import_module
from typing import Any, NamedTuple, TypeVar

from gate_tests.evidence import Report, Row, SeenOutput
from gate_tests.progress import told_to

BROKE, ENDED = "breaks", "ends"
"""What a line may begin with besides the methods of a witness."""

_MOMENT_S = 0.02
_SHOWN_EVERY_S = 0.1
_PART = 256
T = TypeVar("T")


class Request(NamedTuple):
    """What is to be judged. `contracts` holds, by gate, the path and the text of each, read once by who asks."""

    root: str
    context: Mapping[str, Any]
    contracts: Mapping[str, tuple[str, str]]
    circumstances: Mapping[str, Any]
    token: str
    color: bool
    columns: int | None
    workers: tuple[str, ...] = ()
    progress: bool = False
    verbose: bool = False

    def encode(self) -> bytes:
        """One line of JSON."""
        return json.dumps(self._asdict()).encode() + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> "Request":
        """The same, read."""
        return cls(**json.loads(line))


class Messenger:
    """The witness that tells the parent, which wakes up at each write: so there are not more than are needed.

    What begins and may keep Python to itself is told at once; all else with it, or within a moment.
    """

    def __init__(self, descriptor: int) -> None:
        self._pipe = os.fdopen(descriptor, "wb")
        self._shown: list[str] = []
        self._shown_at_s = 0.0
        self._found = False
        self._soon: threading.Thread | None = None

    def tell(self, kind: str, *data: Any) -> None:
        """Writes one line, behind all that was to be told before."""
        self._show_now()
        self._write(kind, *data)
        self._flush()

    def shows(self, text: str) -> None:
        """Lines of pytest, and the dots of its checks: a few times a second, and when the checks are through."""
        self._shown.append(text)
        if "\n" in text and (self._found or self._show_is_due()):
            self._show_now()
            self._flush()

    def goes_on(self, text: str) -> None:
        """Long work has come so far."""
        self._write("goes_on", text)
        self._flush()

    def begins(self, gate: str, what: str, *, at_once: bool = True) -> None:
        """Something begins."""
        if self._show_is_due():
            self._show_now()
        self._write("begins", gate, what)
        if at_once:
            self._flush()
        elif self._soon is None:
            self._soon = threading.Thread(target=self._flush_now_and_then, daemon=True)
            self._soon.start()

    def finds(self, gate: str, row: Row) -> None:
        """It has come to this."""
        self._write("finds", gate, row)
        self._found = True

    def is_over(self, gate: str, what: str) -> None:
        """It is no longer under way: nothing that is may be ended for having begun when it did."""
        self._write("is_over", gate, what)
        self._flush()

    def refuses(self, why: str) -> None:
        """There will be no verdict: the parent ends this process, and we are in nobody's way until then."""
        self.tell("refuses", why)
        os._exit(1)

    def sees(self, gate: str, outputs: list[SeenOutput]) -> None:
        """These outputs exist."""
        for some in _in_parts(outputs):
            self.tell("sees", gate, [output.to_json() for output in some])

    def reports(self, report: Report) -> None:
        """The report of the session: its tests, then what it says of all of them."""
        for some in _in_parts(list(report.tests.items())):
            self.tell("reported", [(nodeid, test.outcome, test.row_sha256) for nodeid, test in some])
        self.tell("reports", report.exit_code, report.collected, report.pytest_version)

    def _write(self, *line: Any) -> None:
        self._pipe.write(json.dumps(line).encode() + b"\n")

    def _flush(self) -> None:
        self._pipe.flush()
        self._found = False

    def _flush_now_and_then(self) -> None:
        while True:
            time.sleep(_MOMENT_S)
            self._flush()

    def _show_is_due(self) -> bool:
        return time.monotonic() - self._shown_at_s > _SHOWN_EVERY_S

    def _show_now(self) -> None:
        if self._shown:
            self._write("shows", "".join(self._shown))
            self._shown.clear()
        self._shown_at_s = time.monotonic()


def _in_parts(items: list[T]) -> Iterator[list[T]]:
    """A few lines instead of one that both processes would have to hold as a whole."""
    return (items[start : start + _PART] for start in range(0, len(items), _PART))


def main() -> None:
    """The whole process: never returns."""
    gc.disable()  # it is short
    os.chdir("/")
    os.closerange(3, 256)  # whatever the caller of `orch` had open
    messenger = Messenger(os.dup(1))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    try:
        _serve(messenger)
    except BaseException as error:
        messenger.tell(BROKE, f"{type(error).__name__}: {error}")
    os._exit(0)  # all has been told; there is nothing to tidy up


def _serve(messenger: Messenger) -> None:
    _load()  # takes its time while the parent still reads the record and the contract
    line = sys.stdin.buffer.readline()
    if line:
        _die_with_the_parent()
        request = Request.decode(line)
        _judge(request, messenger)
        messenger.tell(ENDED, request.token)


def _load() -> None:
    modules = ("pytest_jsonreport.plugin", "gate_tests.session", "gate_tests.judge")
    try:
        for module in modules:
            import_module(module)
    except ImportError:
        from site import main as add_what_pth_files_name  # one of them is installed as editable

        add_what_pth_files_name()
        for module in modules:
            import_module(module)


def _judge(request: Request, messenger: Messenger) -> None:
    from gate_tests.judge import WitnessedJudgement, run_checks

    if request.columns is not None:
        os.environ["COLUMNS"] = str(request.columns)  # where pytest looks for the width
    judgement = WitnessedJudgement.requested(
        request.root, request.context, request.contracts, request.circumstances, messenger
    )
    with told_to(messenger.goes_on) if request.progress else contextlib.nullcontext():
        run_checks(judgement, messenger, color=request.color, workers=request.workers, verbose=request.verbose)


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
