"""Judges gates in a process of its own, and outlives it: gives a verdict, or the reason why there is none."""

import contextlib
import os
import select
import signal
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from gate_tests.compiler.options import DEFAULT_OPTIONS, EvaluationOptions
from gate_tests.errors import NoVerdict
from gate_tests.isolated_pytest.display import Display
from gate_tests.isolated_pytest.events import EventCollector
from gate_tests.isolated_pytest.launch import launch
from gate_tests.isolated_pytest.protocol import ProtocolDecoder, Request
from gate_tests.programs.signals import raise_lost_interrupt, signal_name
from gate_tests.workspace.names import check_utf8

if TYPE_CHECKING:
    from gate_tests.compiler.gate import CompiledGate
    from gate_tests.isolated_pytest.verdict import Verdict
    from gate_tests.strict_json.document import Document
    from gate_tests.workspace.layout import Workspace
    from gate_tests.workspace.run_context import RunContext

_BLOCK_BYTES: Final = 1 << 16
_EXIT_TIMEOUT_S: Final = 5


class IsolatedPytest:
    """A context manager for a judging process, which imports pytest from its start on.

    It judges once; if it `forks`, again and again, each time in a fork of its own. Verdicts are read in the order of
    the requests. After a NoVerdict it cannot be used any more.

    `workers` are the specs of the workers that run the checks, see `Workers.parse`; if empty, it runs them itself.
    """

    def __init__(self, display: Display, workers: Sequence[str] = (), *, forks: bool = False) -> None:
        self._display = display
        self._workers = workers
        self._forks = forks
        self._exit_code: int | None = None
        self._tokens = deque[str]()
        self._unsent = memoryview(b"")
        self._lines = deque[bytes]()
        self._unfinished = b""

    def __enter__(self) -> "IsolatedPytest":
        self._process = launch()
        return self

    def __exit__(self, *_: object) -> None:
        if self._exit_code is None:  # not waited for, so its id is not reused, unless the caller ignores SIGCHLD
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._wait(0)
        os.close(self._process.stdin)
        os.close(self._process.stdout)

    def show(self, text: str) -> None:
        """Shows a line about a program that runs before the checks: as progress, or with -v among pytest's lines."""
        if self._display.verbose:
            self._display.show(text)
        elif self._display.progress:
            self._display.progress(text.strip())

    def request_verdicts(
        self,
        workspace: "Workspace",
        context: "RunContext",
        contracts: Mapping[str, "Document"],
        options: EvaluationOptions = DEFAULT_OPTIONS,
    ) -> None:
        """Requests to judge the gates by these contracts. It starts while the caller still validates them.

        Raises Refused if there are workers, which can be sent UTF-8 only, and the root is not.
        """
        if self._workers:
            check_utf8(str(workspace.root), "with workers, the root")
        self._tokens.append(os.urandom(16).hex())
        request = Request(
            root=str(workspace.root),
            context=context.to_json(),
            contracts={gate: (document.path, document.text) for gate, document in contracts.items()},
            options=options.to_json(),
            token=self._tokens[-1],
            color=self._display.color,
            columns=self._display.columns,
            workers=tuple(self._workers),
            progress=self._display.progress is not None,
            verbose=self._display.verbose,
            wrap_columns=self._display.wrap_columns,
            forks=self._forks,
        )
        self._unsent = self._send(memoryview(bytes(self._unsent) + request.encode()), timeout_s=0)

    def read_verdicts(self, gates: Sequence["CompiledGate"]) -> list["Verdict"]:
        """The verdict on each of the gates that were requested, in that order. Raises NoVerdict.

        Meanwhile pytest's lines go to the display.
        """
        from gate_tests.isolated_pytest.verdict import build_verdicts

        collector = EventCollector(self._display.show, self._display.progress)
        limits_s = {gate.contract.gate: gate.contract.limits.check_s for gate in gates}
        decoder = ProtocolDecoder(collector, limits_s, self._tokens.popleft())
        self._unsent = self._send(self._unsent, decoder.remaining_s())
        if self._unsent:
            raise NoVerdict(decoder.describe_timeout())
        for line in self._read_lines(decoder):
            if decoder.feed(line):
                return build_verdicts(gates, collector)
        raise NoVerdict(f"the judging process {self._describe_exit()}{decoder.describe_running()}")

    def _send(self, unsent: memoryview, timeout_s: float) -> memoryview:
        """Sends what the process reads; returns what it did not read in time."""
        pipe = self._process.stdin
        os.set_blocking(pipe, False)
        while unsent:
            if not _wait_for_pipe(pipe, select.POLLOUT, timeout_s):
                break
            try:
                unsent = unsent[os.write(pipe, unsent) :]
            except BrokenPipeError:
                return memoryview(b"")  # it has ended; its exit code says why
        return unsent

    def _read_lines(self, decoder: ProtocolDecoder) -> Iterator[bytes]:
        """The lines that the process writes until it ends. Raises NoVerdict at a time-out."""
        pipe = self._process.stdout
        while True:
            while self._lines:
                yield self._lines.popleft()
            raise_lost_interrupt()
            if not _wait_for_pipe(pipe, select.POLLIN, decoder.remaining_s()):
                raise NoVerdict(decoder.describe_timeout())
            block = os.read(pipe, _BLOCK_BYTES)
            if not block:
                return
            *lines, self._unfinished = (self._unfinished + block).split(b"\n")
            self._lines.extend(lines)

    def _describe_exit(self) -> str:
        """How the process, which has closed its standard output, ended."""
        code = self._wait_for_exit(_EXIT_TIMEOUT_S)
        if code is None:
            return "closed its output"
        return f"was killed by {signal_name(-code)}" if code < 0 else f"ended with exit code {code}"

    def _wait_for_exit(self, timeout_s: float) -> int | None:
        deadline = time.monotonic() + timeout_s
        while self._wait(os.WNOHANG) is None and time.monotonic() < deadline:
            time.sleep(0.01)
        return self._exit_code

    def _wait(self, options: int) -> int | None:
        try:
            pid, status = os.waitpid(self._process.pid, options)
        except ChildProcessError:
            self._exit_code = 0  # the caller ignores SIGCHLD, so the system does not keep the exit code
        else:
            self._exit_code = os.waitstatus_to_exitcode(status) if pid else None
        return self._exit_code


def _wait_for_pipe(pipe: int, event: int, timeout_s: float) -> bool:
    """Waits until the pipe can be read from or written to, or its other end is closed; False at the time-out."""
    poll = select.poll()
    poll.register(pipe, event)
    return bool(poll.poll(1000 * timeout_s))
