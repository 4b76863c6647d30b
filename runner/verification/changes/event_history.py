"""Compares the events of a run. They are only added to; where two branches were merged, also between others."""

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from gate_tests.sanitize import sanitize_line
from runner.verification.changes.json_difference import describe_difference, to_text
from runner.verification.changes.record_version import Json

_SHOWN: Final = ("gate", "attempt", "invocation_id")


class EventEdit(NamedTuple):
    """An event that was edited or deleted."""

    kind: str
    subject: str
    change: str


class EventHistory(NamedTuple):
    """`added` are the new events in order; `inserted` those of them that stand above one that existed before."""

    edits: tuple[EventEdit, ...]
    added: tuple[Json, ...]
    inserted: tuple[Json, ...]


def compare_events(before: Sequence[Json], after: Sequence[Json]) -> EventHistory:
    """What happened to the events of `before`: each should still exist, in the same order."""
    places = _find_places(before, after)
    in_order = set(_find_longest_rise([place for place in places if place is not None]))
    taken = {place for place in places if place is not None}
    added = [event for index, event in enumerate(after) if index not in taken]
    last = max(in_order, default=-1)
    inserted = [event for index, event in enumerate(after) if index not in taken and index < last]
    edits = []
    for event, place in zip(before, places, strict=True):
        if place is None:
            edits.append(_describe_loss(event, added))
        elif place not in in_order:
            edits.append(EventEdit("edited", describe_event(event), "in another order"))
    return EventHistory(tuple(edits), tuple(added), tuple(each for each in inserted if each in added))


def _find_places(before: Iterable[Json], after: Iterable[Json]) -> list[int | None]:
    """Where each event of `before` stands in `after`; None where it does not."""
    free = defaultdict[str, deque[int]](deque)
    for index, event in enumerate(after):
        free[to_text(event)].append(index)
    return [free[text].popleft() if free[text] else None for text in map(to_text, before)]


def _find_longest_rise(places: Sequence[int]) -> list[int]:
    """A longest rising part of the places; all others stand in another order."""
    ends: list[int] = []
    lengths = []
    for place in places:
        length = bisect_left(ends, place)
        ends[length : length + 1] = [place]
        lengths.append(length)
    rise: list[int] = []
    for place, length in zip(reversed(places), reversed(lengths), strict=True):
        if length == len(ends) - len(rise) - 1 and (not rise or place < rise[-1]):
            rise.append(place)
    return rise


def _describe_loss(event: Json, added: list[Json]) -> EventEdit:
    """What became of an event that is gone. What it became is no addition, and is taken out of `added`."""
    subject, changed = describe_event(event), _find_changed(event, added)
    if changed is None:
        return EventEdit("deleted", subject, "")
    added.remove(changed)
    return EventEdit("edited", subject, describe_difference(event, changed) or "")


def _find_changed(event: Json, added: list[Json]) -> Json | None:
    """The new event that an event has become: one about the same, else one of the same time that is much like it."""
    same = [each for each in added if all(each.get(key) == event.get(key) for key in ("type", *_SHOWN))]
    simultaneous = [each for each in added if each.get("timestamp") == event.get("timestamp")]
    best = max(same or simultaneous, key=lambda other: _count_common(event, other), default=None)
    return best if best is not None and (same or _count_common(event, best) * 2 >= len(event)) else None


def _count_common(event: Json, other: Json) -> int:
    return sum(key in other and to_text(other[key]) == to_text(value) for key, value in event.items())


def describe_event(event: Json) -> str:
    """`event GATE_PASSED G1 attempt 1 of 2026-11-22T10:00:00.000Z`."""
    gate, attempt, invocation = (event.get(key) for key in _SHOWN)
    words = ["event", event.get("type"), gate, attempt and f"attempt {attempt}", invocation]
    words.append(event.get("timestamp") and f"of {event['timestamp']}")
    return sanitize_line(" ".join(str(word) for word in words if word))
