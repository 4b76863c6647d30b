"""Which records were edited or deleted, and which runs a change touches."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import Final, NamedTuple

from gate_tests.sanitize import sanitize_line
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument
from runner.models.run import SCHEMA_VERSION
from runner.verification.changes.change_set import ChangeSet
from runner.verification.changes.event_history import compare_events, describe_event
from runner.verification.changes.json_difference import describe_difference
from runner.verification.changes.record_edits import compare_records
from runner.verification.changes.record_version import RecordVersion
from runner.verification.changes.report import NOT_COMPARED, EditKind, RecordDifference

_RECORD_FILE: Final = re.compile(
    r"orchestration/runs/(?P<run>run_[^/]+)/record/(?:RUN\.json|gates/(?P<gate>[^/]+)/attempt-(?P<number>[0-9]+)\.json)"
)
_ABOVE: Final = ("orchestration", "orchestration/runs")
_NOT_JSON: Final = "is no longer a JSON object"


class _File(NamedTuple):
    """A changed file of a record: that of an attempt, or RUN.json, which has no gate."""

    path: str
    gate: str | None
    number: int


class ChangedRecords(NamedTuple):
    """What was found about records. `run_ids`: the runs that exist and of which a file changed or was added."""

    differences: tuple[RecordDifference, ...]
    run_ids: tuple[str, ...]
    warnings: tuple[str, ...]
    only_in_base: tuple[str, ...]
    """Runs that only the base has, because it has gone on."""


def find_changed_records(changes: ChangeSet, runs: Collection[str]) -> ChangedRecords:
    """Compares each record of which a file was changed. `runs` are those that exist at present."""
    files = _group_by_run(changes.changes)
    differences, warnings = list[RecordDifference](), [*_find_changed_places(changes)]
    for run_id in sorted(files):
        if run_id in runs:
            differences += dict.fromkeys(_compare_run(changes, run_id, files[run_id]))
            warnings += _find_doubts(changes, run_id, files[run_id])
        elif deleted := next((each.path for each in files[run_id] if changes.changes[each.path].before), None):
            differences.append(RecordDifference(EditKind.DELETED, run_id, _directory_of(deleted, run_id)))
    only = sorted(run_id for run_id in _group_by_run(changes.only_in_base) if run_id not in runs)
    return ChangedRecords(
        tuple(differences), tuple(run_id for run_id in sorted(files) if run_id in runs), tuple(warnings), tuple(only)
    )


def _find_changed_places(changes: ChangeSet) -> Iterator[str]:
    """The submodules and symlinks that have records, and were changed."""
    for path, change in changes.changes.items():
        if change.before and not change.before.is_file and (path in _ABOVE or path.startswith(f"{_ABOVE[-1]}/")):
            kind = "submodule" if change.before.is_submodule else "symlink"
            yield f"{kind} {path} was {NOT_COMPARED}"


def _group_by_run(paths: Iterable[str]) -> dict[str, list[_File]]:
    files = defaultdict[str, list[_File]](list)
    for path in paths:
        if match := _RECORD_FILE.fullmatch(path):
            files[match["run"]].append(_File(path, match["gate"], int(match["number"] or 0)))
    return files


def _directory_of(path: str, run_id: str) -> str:
    return f"{path.partition(run_id)[0]}{run_id}/record"


def _compare_run(changes: ChangeSet, run_id: str, files: list[_File]) -> Iterator[RecordDifference]:
    """The edits, of attempts that RUN.json has as well only once."""
    of_attempts = [edit for file in files if file.gate for edit in _compare_attempt_file(changes, run_id, file)]
    known = {(each.kind, each.subject, each.change) for each in of_attempts}
    for file in files:
        if not file.gate:
            edits = _compare_run_file(changes, run_id, file.path)
            yield from (each for each in edits if (each.kind, each.subject, each.change) not in known)
    yield from of_attempts


def _compare_attempt_file(changes: ChangeSet, run_id: str, file: _File) -> Iterator[RecordDifference]:
    """A file of an attempt never changes, byte for byte; an empty one only reserves the number."""
    before = changes.read_base(file.path)
    if not before or not changes.read_merge_base(file.path):
        return
    subject, present = f"{file.gate} attempt {file.number}", changes.read_present(file.path)
    if present is None:
        kind, change = _describe_absence(changes, file.path)
        yield RecordDifference(kind, run_id, file.path, subject, change, file.gate, file.number)
    else:
        change = _describe_edit(file.path, before, present)
        yield RecordDifference(EditKind.EDITED, run_id, file.path, subject, change, file.gate, file.number)


def _describe_absence(changes: ChangeSet, path: str) -> tuple[EditKind, str]:
    """What became of a file that is none at present."""
    if changes.changes[path].after is None:
        return EditKind.DELETED, ""
    return EditKind.EDITED, "is no longer a regular file"


def _describe_edit(path: str, before: bytes, after: bytes) -> str:
    old, new = (_parse(path, content) for content in (before, after))
    if new is None:
        return _NOT_JSON
    if old is None:
        return "could not be parsed, and was edited"
    return describe_difference(old.data, new.data) or "is formatted differently"


def _parse(path: str, content: bytes) -> Document | None:
    try:
        return Document.parse(path, content)
    except UnreadableDocument:
        return None


def _compare_run_file(changes: ChangeSet, run_id: str, path: str) -> Iterator[RecordDifference]:
    """The edits of RUN.json. Where the base was changed, too, only those that the branch made."""
    before, present = changes.read_base(path), changes.read_present(path)
    if before is None or changes.read_merge_base(path) is None:
        return
    if present is None:
        kind, change = _describe_absence(changes, path)
        yield RecordDifference(kind, run_id, path, "RUN.json", change)
        return
    edits = _compare_versions(run_id, path, before, present)
    began = changes.read_merge_base(path) if changes.was_changed_in_base(path) else None
    if began and RecordVersion.parse(path, began):
        others = set(_compare_versions(run_id, path, began, before))
        edits = [edit for edit in _compare_versions(run_id, path, began, present) if edit not in others]
    yield from edits


def _compare_versions(run_id: str, path: str, before: bytes, after: bytes) -> list[RecordDifference]:
    old, new = (RecordVersion.parse(path, content) for content in (before, after))
    if old is None:
        return []  # nothing is known of what it said
    if new is None:
        return [RecordDifference(EditKind.EDITED, run_id, path, "RUN.json", _NOT_JSON)]
    return [
        RecordDifference(edit.kind, run_id, path, edit.subject, edit.change, edit.gate, edit.attempt)
        for edit in compare_records(old, new)
    ]


def _find_doubts(changes: ChangeSet, run_id: str, files: list[_File]) -> Iterator[str]:
    """What makes a reader of RUN.json doubt."""
    for path in (file.path for file in files if file.gate is None):
        contents = (changes.read_base(path), changes.read_present(path))
        old, new = (RecordVersion.parse(path, content) if content else None for content in contents)
        if new and contents[0] and not old:
            yield f"{run_id}: RUN.json could not be parsed in the base, with which nothing is compared"
        elif old and new:
            yield from _find_insertions(run_id, old, new)
        elif new and (version := new.members.get("schema_version")) != SCHEMA_VERSION:
            has = "no schema_version" if version is None else f"schema_version {sanitize_line(str(version), 20)}"
            yield f"{run_id} is new, but its record has {has} (now {SCHEMA_VERSION}): less of it can be verified"


def _find_insertions(run_id: str, before: RecordVersion, after: RecordVersion) -> Iterator[str]:
    """New events above old ones: they are what a merge makes, and what a forger would."""
    for event in compare_events(before.events, after.events).inserted:
        yield f"{run_id}: {describe_event(event)} was inserted before events that the base has"
