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
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fcntl import F_GETFL, F_SETFL, F_SETOWN, fcntl
from importlib import import_module
from pathlib import Path
from typing import Any

from gate_tests.evidence import Report, Row, SeenOutput

BROKE, ENDED = "breaks", "ends"
"""What a line may begin with besides the methods of a witness."""


@dataclass(frozen=True)
class Request:
    """What is to be judged. `contracts` holds, by gate, the path and the text of each, read once by who asks."""

    root: str
    context: Mapping[str, Any]
    contracts: Mapping[str, tuple[str, str]]
    token: str
    color: bool
    columns: int | None

    def encode(self) -> bytes:
        """One line of JSON."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> "Request":
        """The same, read."""
        return cls(**json.loads(line))


class Messenger:
    """The witness that tells the parent."""

    def __init__(self, descriptor: int) -> None:
        self._pipe = os.fdopen(descriptor, "wb")

    def tell(self, kind: str, *data: Any) -> None:
        """Writes one line."""
        self._pipe.write(json.dumps([kind, *data]).encode() + b"\n")
        self._pipe.flush()

    def shows(self, text: str) -> None:
        """Lines of pytest."""
        self.tell("shows", text)

    def begins(self, gate: str, what: str) -> None:
        """Something begins."""
        self.tell("begins", gate, what)

    def finds(self, gate: str, row: Row) -> None:
        """It has come to this."""
        self.tell("finds", gate, row)

    def sees(self, gate: str, outputs: list[SeenOutput]) -> None:
        """These outputs exist."""
        self.tell("sees", gate, [output.to_json() for output in outputs])

    def reports(self, report: Report) -> None:
        """The report of the session."""
        self.tell("reports", report.to_json())


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
    from gate_tests.contract import parse_contract
    from gate_tests.document import Document
    from gate_tests.judge import WitnessedJudgement, run_checks
    from gate_tests.workspace import RunContext, Workspace

    if request.columns is not None:
        os.environ["COLUMNS"] = str(request.columns)  # where pytest looks for the width
    contracts = {
        gate: parse_contract(Document.parse(path, text.encode())) for gate, (path, text) in request.contracts.items()
    }
    workspace, context = Workspace(Path(request.root)), RunContext.from_json(request.context)
    run_checks(WitnessedJudgement(workspace, context, contracts, messenger), messenger, color=request.color)


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
