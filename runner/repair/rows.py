"""The invocations and events of a damaged record that can still be read: in a record of ours each at what is a time."""

from collections.abc import Callable
from typing import TypeVar

from gate_tests.strict_json.fields import Fields
from runner.models.event import Event
from runner.models.invocation import Invocation
from runner.models.run import Run
from runner.models.timestamps import is_timestamp
from runner.repair.salvage import Salvage

T = TypeVar("T")


def invocations(salvage: Salvage) -> tuple[Invocation, ...]:
    """Those of both sides, each once, in the order of time."""
    by_id: dict[str, Invocation] = {}
    for row in salvage.rows("invocations", _invocation(salvage)):
        by_id.setdefault(row.invocation_id, row)
    return tuple(sorted(by_id.values(), key=lambda row: row.finished_at or row.started_at))


def lost_invocations(salvage: Salvage) -> int:
    """How many rows of invocations cannot be read."""
    return salvage.lost_rows("invocations", _invocation(salvage))


def events(salvage: Salvage) -> tuple[Event, ...]:
    """Those of both sides."""
    return tuple(salvage.rows("events", _event(salvage)))


def lost_events(salvage: Salvage, run: Run) -> int:
    """How many rows of events cannot be read and were not told anew in the run as it was rebuilt."""
    read = {repr(event) for event in events(salvage)}
    told_anew = sum(repr(event) not in read for event in run.events)
    return salvage.lost_rows("events", _event(salvage)) - told_anew


def _invocation(salvage: Salvage) -> Callable[[Fields], Invocation]:
    return _timed(salvage, Invocation.from_json, "started_at", "finished_at")


def _event(salvage: Salvage) -> Callable[[Fields], Event]:
    return _timed(salvage, Event.from_json, "timestamp")


def _timed(salvage: Salvage, parse: Callable[[Fields], T], *keys: str) -> Callable[[Fields], T]:
    def read(fields: Fields) -> T:
        row = parse(fields)
        for key in keys if salvage.is_ours else ():
            time = fields.optional_text(key)
            if time is not None and not is_timestamp(time):
                raise fields.damage(key, "is no time")
        return row

    return read
