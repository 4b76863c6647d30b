"""The new RUN.json that an interrupted command wrote under a temporary name, before the files of its attempts."""

from collections.abc import Collection, Iterator
from functools import reduce
from typing import Final, NamedTuple

from gate_tests.errors import NotReadable, OrchError
from gate_tests.workspace.layout import Workspace
from runner.models.attempt import Attempt, Json
from runner.models.gate import Gate
from runner.models.rules import list_accepted_changes
from runner.models.run import Run
from runner.models.status import RunStatus
from runner.storage.atomic_files import list_temporaries

_CHANGED: Final = ("pins", "status", "finished_at", "progress", "gates", "artifacts_index", "events")
"""The members of a record that change when an attempt is finished, `pins` where a contract is accepted."""


class InterruptedWrite(NamedTuple):
    """A run as it would have become, and the attempts that are finished in it, each with its gate.

    `temporary` is the name of the file that contains it, beside RUN.json.
    """

    temporary: str
    run: Run
    finished: tuple[tuple[str, Attempt], ...]


def find_interrupted_writes(workspace: Workspace, run: Run) -> Iterator[InterruptedWrite]:
    """What an interrupted command that finished attempts of `run` left. A temporary with other content is ignored.

    The command may still be at work. Raises NotReadable.
    """
    directory = workspace.record_path(run.run_id).rpartition("/")[0]
    try:
        temporaries = list_temporaries(workspace.root / directory)
    except OSError as error:
        raise NotReadable(f"{directory}: cannot be read: {error.strerror}") from None
    for temporary in temporaries:
        newer = _read_whole(workspace, f"{directory}/{temporary}")
        if newer and (finished := _find_finished(run, newer)) and _is_same_otherwise(run, newer, finished):
            yield InterruptedWrite(temporary, newer, tuple(finished))


def _read_whole(workspace: Workspace, path: str) -> Run | None:
    """The run in a temporary; None unless it is as we write it."""
    if (workspace.root / path).is_symlink():
        return None
    try:
        document = workspace.read_recorded(path)
        run = Run.from_json(document)
    except (FileNotFoundError, OrchError):
        return None
    return run if run.to_json() == document.data else None


def _find_finished(run: Run, newer: Run) -> list[tuple[str, Attempt]]:
    """The attempts that are finished in `newer` only; none if its gates differ in anything else."""
    if [gate.gate for gate in run.gates] != [gate.gate for gate in newer.gates]:
        return []
    finished = []
    for old, new in zip(run.gates, newer.gates, strict=True):
        known = sum(not attempt.is_open for attempt in old.attempts)
        if not _is_continued(old, new, known):
            return []
        finished += [(new.gate, attempt) for attempt in new.attempts[known:] if not attempt.is_open]
    return finished


def _is_continued(old: Gate, new: Gate, known: int) -> bool:
    """Whether `new` is `old` after further attempts, of which the last may be open."""
    if old == new:
        return True
    numbers = [attempt.number for attempt in new.attempts]
    is_open_known = all(attempt.baseline for attempt in new.attempts if attempt.is_open)
    is_numbered = numbers == list(range(1, len(numbers) + 1))
    return is_numbered and is_open_known and reduce(Gate.with_attempt, new.attempts[known:], old) == new


def _is_same_otherwise(run: Run, newer: Run, finished: Collection[tuple[str, Attempt]]) -> bool:
    """Whether `newer` differs from `run` in nothing but what follows from the finished attempts."""
    gates, old, new = {gate for gate, _ in finished}, run.to_json(), newer.to_json()
    following = (run.status, RunStatus.RUNNING, RunStatus.FAILED)
    return (
        _unchanged_members(old) == _unchanged_members(new)
        and (newer.status in following or newer.finished_at is not None)
        and _are_pins_kept(run, newer, gates)
        and _are_events_added(old["events"], new["events"], gates)
        and _is_index_updated(old["artifacts_index"], new["artifacts_index"], finished)
    )


def _unchanged_members(record: Json) -> Json:
    return {key: value for key, value in record.items() if key not in _CHANGED}


def _are_pins_kept(run: Run, newer: Run, gates: Collection[str]) -> bool:
    """Whether only pins of these gates were replaced, and that of the workflow only where a change was accepted."""
    if run.pins is None or newer.pins is None:
        return run.pins == newer.pins
    may_replace = run.pins.workflow is None or len(list_accepted_changes(newer.events)) > len(
        list_accepted_changes(run.events)
    )
    old, new = (
        {gate: sha256 for gate, sha256 in pins.contracts.items() if gate not in gates}
        for pins in (run.pins, newer.pins)
    )
    is_same = old == new and run.pins.extra == newer.pins.extra
    return is_same and (may_replace or run.pins.workflow == newer.pins.workflow)


def _are_events_added(old: list[Json], new: list[Json], gates: Collection[str]) -> bool:
    return new[: len(old)] == old and all(event.get("gate") in (None, *gates) for event in new[len(old) :])


def _is_index_updated(old: list[Json], new: list[Json], finished: Collection[tuple[str, Attempt]]) -> bool:
    """Whether the index has the entries that it had, except for those of the artifacts of the finished attempts."""
    artifacts = {
        (gate, artifact.resolved_path, artifact.sha256) for gate, attempt in finished for artifact in attempt.artifacts
    }
    changed = {(row.get("gate"), row.get("resolved_path"), row.get("sha256")) for row in new if row not in old}
    removed = {row.get("resolved_path") for row in old if row not in new}
    return changed <= artifacts and removed <= {path for _, path, _ in artifacts}
