"""The protocol between `orch` and its isolated pytest: one request in, then a line of JSON for each event.

Whoever writes and whoever reads a message stand side by side here.
"""

import json
import os
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from gate_tests.checks.result import CheckResult
from gate_tests.errors import NoVerdict
from gate_tests.isolated_pytest.events import EventCollector, Report, Reported, SeenOutput

_PATIENCE_S = 120
"""How long the process may say nothing while no check is under way: it starts, collects, or writes its report."""


_NAMED = 3
"""So many of the checks that are under way are named."""


class ProtocolDecoder:
    """Takes the testimony down line by line. `check_s` is what each check of a gate may take, in whichever worker."""

    def __init__(self, evidence: EventCollector, check_s: Mapping[str, float]) -> None:
        self._evidence = evidence
        self._check_s = check_s
        self._last_heard = time.monotonic()
        self._tests: dict[str, Reported] = {}
        self._under_way: dict[tuple[str, str], float] = {}  # by gate and name, in the order in which they began

    def ends_with(self, line: bytes, token: str) -> bool:
        """Whether this line is the last. Raises NoVerdict where the process broke or says what means nothing."""
        self._last_heard = time.monotonic()
        try:
            kind, *data = json.loads(line)
            if kind == BROKE:
                raise NoVerdict(f"the judging process broke{self.where()}: {data[0]}")
            if kind == ENDED:
                return bool(data == [token])
            self._take_down(kind, data)
        except (ValueError, TypeError, LookupError, AttributeError):
            raise NoVerdict(f"the judging process said what is no testimony: {line[:80]!r}") from None
        return False

    def patience_s(self) -> float:
        """How much longer one may wait for a word, in seconds."""
        return max(0.0, self._deadline() - time.monotonic())

    def silence(self) -> str:
        """In words, what went wrong where one has waited for too long."""
        if self._under_way:
            gate, first = min(self._under_way, key=self._is_up_at)
            return f"{first} took longer than {self._limit_s(gate):g} s, its limit (limits.check_s), and was ended"
        return f"the judging process said nothing for {_PATIENCE_S} s and was ended"

    def where(self) -> str:
        """In words, what was under way."""
        names = [what for _, what in self._under_way]
        shown = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
        return f" at {shown}" if names else ""

    def _deadline(self) -> float:
        return min(map(self._is_up_at, self._under_way), default=self._last_heard + _PATIENCE_S)

    def _is_up_at(self, named: tuple[str, str]) -> float:
        """When the time of what is under way is up."""
        return self._under_way[named] + self._limit_s(named[0])

    def _limit_s(self, gate: str) -> float:
        return self._check_s.get(gate, max(self._check_s.values()))

    def _take_down(self, kind: str, data: list[Any]) -> None:
        match kind, data:
            case "shows", [text]:
                self._evidence.shows(text)
            case "goes_on", [text]:
                self._evidence.goes_on(text)
            case "begins", [gate, what]:
                self._under_way[gate, what] = self._last_heard
                self._evidence.begins(gate, what)
            case "finds", [gate, row]:
                result = CheckResult.from_json(row)
                self._under_way.pop((gate, result.id), None)
                self._evidence.finds(gate, result)
            case "is_over", [gate, what]:
                self._under_way.pop((gate, what), None)
                self._evidence.is_over(gate, what)
            case "sees", [gate, outputs]:
                self._evidence.sees(gate, [SeenOutput(**output) for output in outputs])
            case "refuses", [why]:
                self._evidence.refuses(f"{why}{self.where()}")
            case _:
                self._take_report(kind, data)

    def _take_report(self, kind: str, data: list[Any]) -> None:
        match kind, data:
            case "reported", [tests]:
                self._tests.update({nodeid: Reported(outcome, row_sha256) for nodeid, outcome, row_sha256 in tests})
            case "reports", [exit_code, collected, pytest_version]:
                self._evidence.reports(Report(exit_code, collected, self._tests, pytest_version))
            case _:
                raise ValueError(kind)


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
    options: Mapping[str, Any]
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


class ProtocolEncoder:
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

    def finds(self, gate: str, result: CheckResult) -> None:
        """It has come to this."""
        self._write("finds", gate, result.to_json())
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
