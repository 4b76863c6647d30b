"""Takes down what a judging process tells, and knows how long to wait for its next word."""

import json
import time
from collections.abc import Mapping
from typing import Any

from gate_tests.errors import NoVerdict
from gate_tests.evidence import Evidence, Report, Reported, SeenOutput
from gate_tests.judging_main import BROKE, ENDED

_PATIENCE_S = 120
"""How long the process may say nothing while no check is under way: it starts, collects, or writes its report."""

_NAMED = 3
"""So many of the checks that are under way are named."""


class Hearing:
    """Takes the testimony down line by line. `check_s` is what each check of a gate may take, in whichever worker."""

    def __init__(self, evidence: Evidence, check_s: Mapping[str, float]) -> None:
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
                self._under_way.pop((gate, row["id"]), None)
                self._evidence.finds(gate, row)
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
