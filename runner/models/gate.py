"""A gate of a run: an entry of `gates` in RUN.json.

::

    {"gate": "G1", "name": "…", "status": "PASS", "attempts": [{…}]}
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gate_tests.strict_json.fields import NO_MEMBERS, Fields
from gate_tests.workspace.run_context import OpenBaseline, count_until_last_pass, parse_gate_id
from runner.models.attempt import MANUAL_AGENT, Attempt, Json
from runner.models.status import GateStatus


class Gate(NamedTuple):
    """A gate of a run and its attempts, oldest first. `extra` has the members that we do not know."""

    gate: str
    name: str
    status: GateStatus = GateStatus.NOT_STARTED
    attempts: tuple[Attempt, ...] = ()
    extra: Mapping[str, Any] = NO_MEMBERS

    @property
    def has_passed(self) -> bool:
        """Whether the last attempt passed."""
        return self.status is GateStatus.PASS

    @property
    def last_attempt(self) -> Attempt | None:
        """The newest attempt, if there is one."""
        return self.attempts[-1] if self.attempts else None

    @property
    def open_attempt(self) -> Attempt | None:
        """The attempt that is yet to be finished, if there is one."""
        last = self.last_attempt
        return last if last and last.is_open else None

    @property
    def open_baseline(self) -> OpenBaseline | None:
        """The first baseline that was recorded since the last PASS; None if no attempt is open, or none has one."""
        return self.find_baseline(self.open_attempt) if self.open_attempt else None

    def find_baseline(self, until: Attempt) -> OpenBaseline | None:
        """The first baseline recorded since the last PASS before the attempt `until`; its own counts. None if none."""
        attempts = [attempt for attempt in self.attempts if attempt.number <= until.number]
        since = attempts[count_until_last_pass([attempt.status for attempt in attempts[:-1]]) :]
        found = ((attempt.number, attempt.baseline) for attempt in since if attempt.baseline)
        return next((OpenBaseline(number, each.outputs, each.unread) for number, each in found), None)

    @property
    def last_agent(self) -> str | None:
        """The agent of the last attempt; None where there is none, or where a person failed the gate by hand."""
        last = self.last_attempt
        return last.agent if last and last.agent != MANUAL_AGENT else None

    @property
    def next_number(self) -> int:
        """The number of the next attempt."""
        return max((attempt.number for attempt in self.attempts), default=0) + 1

    def with_attempt(self, attempt: Attempt) -> "Gate":
        """The gate with `attempt` in place of the open one, or if none is open, added."""
        kept = self.attempts[:-1] if self.open_attempt else self.attempts
        return self._replace(attempts=(*kept, attempt), status=attempt.status)

    def to_json(self) -> Json:
        """`{gate, name, status, attempts}`."""
        attempts = [attempt.to_json() for attempt in self.attempts]
        return {"gate": self.gate, "name": self.name, "status": str(self.status), "attempts": attempts, **self.extra}

    @classmethod
    def from_json(cls, fields: Fields) -> "Gate":
        """Parse an entry of `gates`. Raises DamagedRecord."""
        return cls(
            gate=parse_gate_id(fields),
            name=fields.text("name"),
            status=fields.choice("status", GateStatus),
            attempts=fields.objects("attempts", Attempt.from_json),
            extra=fields.rest(("gate", "name", "status", "attempts")),
        )
