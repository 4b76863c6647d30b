"""The protocol between `orch` and its isolated pytest: a request, then a line of JSON for each event.

A line is `[event, …]`, where an event is named after the method of EventSink that handles it; the last line is
`["ended", token]`. The encoder and the decoder of a message are both in this module.
"""

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple, TypeVar

from gate_tests.errors import NoVerdict
from gate_tests.isolated_pytest.events import EventSink, ReportedTest, SeenOutput, SessionReport, encode_json
from gate_tests.typing_compat import override

if TYPE_CHECKING:
    from gate_tests.checks.result import CheckResult

CRASHED: Final = "crashed"
ENDED: Final = "ended"
"""Events of the process itself, which are not of EventSink."""

_MAX_SILENCE_S: Final = 120
"""How long the process may send nothing while no task runs: it starts, collects, or writes its report."""

_MAX_NAMED: Final = 3
"""How many of the running tasks a message names."""

_FLUSH_INTERVAL_S: Final = 0.02
_TEXT_INTERVAL_S: Final = 0.1
_BATCH_SIZE: Final = 256

T = TypeVar("T")


class Request(NamedTuple):
    """What to judge. `contracts` has the path and text of each by gate, as the requesting process read them."""

    root: str
    context: Mapping[str, Any]
    contracts: Mapping[str, tuple[str, str]]
    options: Mapping[str, Any]
    token: str
    color: bool
    columns: int | None
    workers: tuple[str, ...] = ()
    progress: bool = False
    verbose: bool = False
    wrap_columns: int | None = None
    forks: bool = False
    """Whether a fork of the process judges, which has not judged before, and the process reads another request."""

    def encode(self) -> bytes:
        """One line of JSON."""
        return json.dumps(self._asdict()).encode() + b"\n"

    @classmethod
    def decode(cls, line: bytes) -> "Request":
        """The request of such a line."""
        return cls(**json.loads(line))


class ProtocolDecoder:
    """Decodes the messages of the judging process into events, and tracks its time-outs.

    `limits_s` is how long a check of each gate may take, in whichever worker. `token` is that of the request.
    """

    def __init__(self, sink: EventSink, limits_s: Mapping[str, float], token: str) -> None:
        from gate_tests.checks.result import CheckResult  # the process that writes need not import it so early

        self._parse_result = CheckResult.from_json
        self._sink = sink
        self._limits_s = limits_s
        self._token = token
        self._last_message_s = time.monotonic()
        self._tests: dict[str, ReportedTest] = {}
        self._running: dict[tuple[str, str], float] = {}  # start by gate and task, in order

    def feed(self, line: bytes) -> bool:
        """Decodes a line; returns whether it is the last one. Raises NoVerdict if the process crashed, or for a line
        that is not of the protocol.
        """
        self._last_message_s = time.monotonic()
        try:
            event, *data = json.loads(line)
            if event == CRASHED:
                raise NoVerdict(f"the judging process failed{self.describe_running()}: {data[0]}")
            if event == ENDED:
                return bool(data == [self._token])
            self._dispatch(event, data)
        except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
            raise NoVerdict(f"the judging process sent an invalid message: {line[:80]!r}") from None
        return False

    def remaining_s(self) -> float:
        """The time until the time-out, in seconds."""
        return max(0.0, self._timeout_at() - time.monotonic())

    def describe_timeout(self) -> str:
        """What timed out, as a message."""
        if self._running:
            gate, task = min(self._running, key=self._task_timeout_at)
            return f"{task} timed out after {self._limit_s(gate):g} s (limits.check_s)"
        return f"the judging process sent nothing for {_MAX_SILENCE_S} s and was killed"

    def describe_running(self) -> str:
        """The tasks that run, as the end of a message; empty if none does."""
        tasks = [task for _, task in self._running]
        named = ", ".join(tasks[:_MAX_NAMED]) + (", …" if len(tasks) > _MAX_NAMED else "")
        return f" at {named}" if tasks else ""

    def _timeout_at(self) -> float:
        return min(map(self._task_timeout_at, self._running), default=self._last_message_s + _MAX_SILENCE_S)

    def _task_timeout_at(self, key: tuple[str, str]) -> float:
        return self._running[key] + self._limit_s(key[0])

    def _limit_s(self, gate: str) -> float:
        return self._limits_s.get(gate, max(self._limits_s.values()))

    def _dispatch(self, event: str, data: list[Any]) -> None:
        match event, data:
            case "text", [text]:
                self._sink.on_text(text)
            case "progress", [text]:
                self._sink.on_progress(text)
            case "task_started", [gate, task]:
                self._running[gate, task] = self._last_message_s
                self._sink.on_task_started(gate, task)
            case "check_result", [gate, row]:
                result = self._parse_result(row)
                self._running.pop((gate, result.id), None)
                self._sink.on_check_result(gate, result)
            case "task_ended", [gate, task]:
                self._running.pop((gate, task), None)
                self._sink.on_task_ended(gate, task)
            case "outputs", [gate, outputs]:
                self._sink.on_outputs(gate, [SeenOutput(**output) for output in outputs])
            case "no_verdict", [reason]:
                self._sink.on_no_verdict(f"{reason}{self.describe_running()}")
            case _:
                self._dispatch_report(event, data)

    def _dispatch_report(self, event: str, data: list[Any]) -> None:
        match event, data:
            case "tests", [tests]:
                self._tests.update({row[0]: ReportedTest(*row[1:]) for row in tests})
            case "report", [exit_code, collected, pytest_version]:
                self._sink.on_report(SessionReport(exit_code, collected, self._tests, pytest_version))
            case _:
                raise ValueError(event)


class ProtocolEncoder(EventSink):
    """Sends each event to the parent, which wakes up at each write: so events are sent together where they can be.

    The start of a task that may hold the GIL is sent at once; all else with it, or within _FLUSH_INTERVAL_S. The start
    of a check that has ended by then is not sent at all: its result says enough.
    """

    def __init__(self, pipe: BinaryIO) -> None:
        self._pipe = pipe
        self._text: list[str] = []
        self._text_sent_s = 0.0
        self._has_unsent_result = False
        self._flusher: threading.Thread | None = None
        self._lock = threading.Lock()
        self._unsent_start: tuple[str, str] | None = None
        """The gate and the check that runs now. Set by the main thread; sent and reset by either, under the lock."""

    def send(self, event: str, *data: Any) -> None:
        """Sends a line, after all that waits to be sent."""
        self._write_text()
        self._write(event, *data)
        self._flush()

    @override
    def on_text(self, text: str) -> None:
        # A few times a second, and at the end of a line after a result: then the checks of a contract have ended.
        self._text.append(text)
        if "\n" in text and (self._has_unsent_result or self._is_text_due()):
            self._write_text()
            self._flush()

    @override
    def on_progress(self, text: str) -> None:
        self._write("progress", text)
        self._flush()

    @override
    def on_task_started(self, gate: str, task: str, *, flush: bool = True) -> None:
        if self._is_text_due():
            self._write_text()
        if self._unsent_start:
            with self._lock:
                self._write_start()
        self._unsent_start = gate, task
        if flush:
            self._flush()
        elif self._flusher is None:
            self._flusher = threading.Thread(target=self._flush_periodically, daemon=True)
            self._flusher.start()

    @override
    def on_check_result(self, gate: str, result: "CheckResult") -> None:
        with self._lock:
            if self._unsent_start == (gate, result.id):
                self._unsent_start = None
            self._write_line("check_result", gate, result.to_json())
        self._has_unsent_result = True

    @override
    def on_task_ended(self, gate: str, task: str) -> None:
        # At once: the parent would count the time of a task that has ended.
        self._write("task_ended", gate, task)
        self._flush()

    @override
    def on_no_verdict(self, reason: str) -> None:
        self.send("no_verdict", reason)
        os._exit(1)

    @override
    def on_outputs(self, gate: str, outputs: list[SeenOutput]) -> None:
        for batch in _split_batches(outputs):
            self.send("outputs", gate, [output.to_json() for output in batch])

    @override
    def on_report(self, report: SessionReport) -> None:
        for batch in _split_batches(list(report.tests.items())):
            self.send("tests", [(nodeid, *_shorten(test)) for nodeid, test in batch])
        self.send("report", report.exit_code, report.collected, report.pytest_version)

    def _write(self, *line: Any) -> None:
        """Writes a line, after the start that waits to be sent."""
        with self._lock:
            self._write_start()
            self._write_line(*line)

    def _write_start(self) -> None:
        if self._unsent_start:
            self._write_line("task_started", *self._unsent_start)
            self._unsent_start = None

    def _write_line(self, *line: Any) -> None:
        self._pipe.write(encode_json(line).encode() + b"\n")

    def _flush(self) -> None:
        with self._lock:
            self._write_start()
            self._pipe.flush()
        self._has_unsent_result = False

    def _flush_periodically(self) -> None:
        while True:
            time.sleep(_FLUSH_INTERVAL_S)
            self._flush()

    def _is_text_due(self) -> bool:
        return time.monotonic() - self._text_sent_s > _TEXT_INTERVAL_S

    def _write_text(self) -> None:
        if self._text:
            self._write("text", "".join(self._text))
            self._text.clear()
        self._text_sent_s = time.monotonic()


def _shorten(test: ReportedTest) -> tuple[Any, ...]:
    """A test without the duration that it does not have."""
    return test if test.duration_s is not None else test[:2]


def _split_batches(items: list[T]) -> Iterator[list[T]]:
    """Several lines instead of one that both processes would have to hold in memory as a whole."""
    return (items[start : start + _BATCH_SIZE] for start in range(0, len(items), _BATCH_SIZE))
