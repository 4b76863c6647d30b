"""The index of a run's outputs follows from its finished attempts."""

from collections.abc import Iterator
from operator import itemgetter
from typing import NamedTuple

from runner.models.artifact_index import IndexEntry
from runner.models.run import Run
from runner.storage.derived.acceptances import Violation


class _Recording(NamedTuple):
    """An output as an attempt recorded it, and when that ended. `path` is the template."""

    at: str
    sha256: str
    path: str
    gate: str
    updated_at: None = None


def find_index_violations(run: Run) -> Iterator[Violation]:
    """The entries that are missing, of no output, or not what the last attempt recorded."""
    if _agrees_at_a_glance(run):
        return
    recordings = _collect_recordings(run)
    for index, entry in enumerate(run.artifacts_index):
        found = recordings.pop(entry.resolved_path or entry.path, [])
        if len(found) == 1 and found[0] == (entry.recorded_at, entry.sha256, entry.path, entry.gate, entry.updated_at):
            continue  # as most are
        for key, rule in _compare(entry, found):
            yield ("artifacts_index", index, key), rule
    for path in recordings:
        yield ("artifacts_index",), f"has no entry for {path}"


def _agrees_at_a_glance(run: Run) -> bool:
    """Whether it is certainly right, as it is if each output was recorded once: 10,000 take 5 ms, and 20 one by one."""
    attempts = [
        (attempt.finished_at or "", gate.gate, attempt.finished_json["artifacts"])
        for gate in run.gates
        for attempt in gate.attempts
        if attempt.finished_json and isinstance(attempt.finished_json["artifacts"], list)
    ]
    attempts.sort(key=itemgetter(0))
    index = run.artifacts_index
    return (
        len(set(index.column("resolved_path"))) == len(index)
        and index.column("gate") == [gate for _, gate, rows in attempts for _ in rows]
        and index.column("recorded_at") == [at for at, _, rows in attempts for _ in rows]
        and not any(index.column("updated_at"))
        and all(
            index.column(key) == [row[key] for _, _, rows in attempts for row in rows]
            for key in ("resolved_path", "sha256", "path")
        )
    )


def _collect_recordings(run: Run) -> dict[str, list[_Recording]]:
    """The recordings of each output by its resolved path."""
    found: dict[str, list[_Recording]] = {}
    for gate in run.gates:
        for attempt in gate.attempts:
            rows, at = attempt.finished_json["artifacts"] if attempt.finished_json else (), attempt.finished_at or ""
            for row in rows if isinstance(rows, list) else ():
                recording = _Recording(at, row["sha256"], row["path"], gate.gate)
                found.setdefault(row["resolved_path"], []).append(recording)
    return found


def _compare(entry: IndexEntry, recordings: list[_Recording]) -> Iterator[tuple[str, str]]:
    if not recordings:
        yield "resolved_path", "was recorded by no attempt"
        return
    first, last = min(recordings).at, max(recordings).at
    newest = [each for each in recordings if each.at == last]  # several, if one command finished several gates
    for key in ("sha256", "path", "gate"):
        if getattr(entry, key) not in (getattr(each, key) for each in newest):
            yield key, "differs from the attempt that recorded it last"
    if entry.recorded_at != first:
        yield "recorded_at", f"is {entry.recorded_at}, expected {first}, when an attempt recorded it first"
    if entry.updated_at != (last if len(recordings) > 1 else None):
        yield "updated_at", f"is {entry.updated_at}, but an attempt recorded it last at {last}"
