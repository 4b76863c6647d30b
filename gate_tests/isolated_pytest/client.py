"""Judges gates in a process of its own, and survives it: a verdict, or the reason why there is none."""

import contextlib
import os
import select
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from gate_tests.compiler.options import DEFAULT_OPTIONS, EvaluationOptions
from gate_tests.errors import NoVerdict
from gate_tests.isolated_pytest.display import Display
from gate_tests.isolated_pytest.events import EventCollector
from gate_tests.isolated_pytest.launch import launch
from gate_tests.isolated_pytest.protocol import ProtocolDecoder, Request
from gate_tests.programs.signals import signal_name

if TYPE_CHECKING:
    from gate_tests.compiler.gate import CompiledGate
    from gate_tests.isolated_pytest.verdict import Verdict
    from gate_tests.strict_json.document import Document
    from gate_tests.workspace.layout import Workspace
    from gate_tests.workspace.run_context import RunContext

_BLOCK_BYTES = 1 << 16


class IsolatedPytest:
    """A Python that runs nothing but us. From its start on it loads pytest; it judges once.

    `workers` says where it has the checks run, as `Workers.parse` takes it; where it is empty, it runs them itself.
    """

    def __init__(self, display: Display, workers: Sequence[str] = ()) -> None:
        self._display = display
        self._workers = workers
        self._code: int | None = None
        self._token = os.urandom(16).hex()
        self._unsent = memoryview(b"")

    def __enter__(self) -> "IsolatedPytest":
        self._process = launch()
        return self

    def __exit__(self, *_: object) -> None:
        if self._code is None:  # nobody else has its number yet, unless the caller has told the system not to keep it
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._wait(0)
        os.close(self._process.requests)
        os.close(self._process.testimony)

    def show(self, text: str) -> None:
        """Shows a line where pytest's lines will go."""
        self._display.show(text)

    def ask(
        self,
        workspace: "Workspace",
        context: "RunContext",
        contracts: Mapping[str, "Document"],
        options: EvaluationOptions = DEFAULT_OPTIONS,
    ) -> None:
        """Lets it judge the gates by these contracts, as they were read: it begins while we make sure of them."""
        request = Request(
            root=str(workspace.root),
            context=context.to_json(),
            contracts={gate: (document.path, document.text) for gate, document in contracts.items()},
            options=options.to_json(),
            token=self._token,
            color=self._display.color,
            columns=self._display.columns,
            workers=tuple(self._workers),
            progress=self._display.progress is not None,
            verbose=self._display.verbose,
        )
        self._unsent = self._send(memoryview(request.encode()), patience_s=0)

    def hear(self, gates: Sequence["CompiledGate"]) -> list["Verdict"]:
        """The verdict on each of the gates, in the order of the request, by the same contracts. Raises NoVerdict.

        pytest's lines go to the display meanwhile.
        """
        from gate_tests.isolated_pytest.verdict import verdicts

        evidence = EventCollector(self._display.show, self._display.progress)
        hearing = ProtocolDecoder(evidence, {gate.contract.gate: gate.contract.limits.check_s for gate in gates})
        if self._send(self._unsent, hearing.patience_s()):
            raise NoVerdict(hearing.silence())
        for line in self._lines(hearing):
            if hearing.ends_with(line, self._token):
                return verdicts(gates, evidence)
        raise NoVerdict(f"the judging process {self._end()}{hearing.where()}")

    def _send(self, unsent: memoryview, patience_s: float) -> memoryview:
        """Sends what the process takes; gives what it did not take in the time."""
        pipe = self._process.requests
        os.set_blocking(pipe, False)
        while unsent:
            if not _ready(pipe, select.POLLOUT, patience_s):
                break
            try:
                unsent = unsent[os.write(pipe, unsent) :]
            except BrokenPipeError:
                return memoryview(b"")  # it has ended; what it leaves behind says so
        return unsent

    def _lines(self, hearing: ProtocolDecoder) -> Iterator[bytes]:
        """The lines that the process writes, until it ends or has said nothing for too long."""
        pipe, unfinished = self._process.testimony, b""
        while True:
            if not _ready(pipe, select.POLLIN, hearing.patience_s()):
                raise NoVerdict(hearing.silence())
            block = os.read(pipe, _BLOCK_BYTES)
            if not block:
                return
            *lines, unfinished = (unfinished + block).split(b"\n")
            yield from lines

    def _end(self) -> str:
        """How the process ended, which has closed its standard output."""
        code = self._wait_at_most(5)
        if code is None:
            return "stopped talking"
        return f"was ended by {signal_name(-code)}" if code < 0 else f"ended with exit code {code}"

    def _wait_at_most(self, seconds: float) -> int | None:
        until = time.monotonic() + seconds
        while self._wait(os.WNOHANG) is None and time.monotonic() < until:
            time.sleep(0.01)
        return self._code

    def _wait(self, options: int) -> int | None:
        try:
            pid, status = os.waitpid(self._process.pid, options)
        except ChildProcessError:
            self._code = 0  # whoever called us has told the system that nobody waits for children
        else:
            self._code = os.waitstatus_to_exitcode(status) if pid else None
        return self._code


def _ready(pipe: int, event: int, patience_s: float) -> bool:
    """Waits until one can read from the pipe, or write to it, or its other end is closed; False: it was in vain."""
    poll = select.poll()
    poll.register(pipe, event)
    return bool(poll.poll(1000 * patience_s))
