"""Checks that a record is consistent with itself and with the files of its attempts.

Records of the original, which have no `schema_version`, need not be consistent and are read as they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest
from typing import Any, Final

from gate_tests.errors import DamagedRecord, NewerRecord
from gate_tests.strict_json.document import Document, JsonPath, format_json_path
from gate_tests.workspace.layout import Workspace
from runner.models.attempt import Attempt
from runner.models.gate import Gate
from runner.models.rows import Rows
from runner.models.run import OWN_KEYS, SUPPORTED_VERSIONS, Run
from runner.models.status import GateStatus, RunStatus
from runner.models.timestamps import are_timestamps, is_timestamp
from runner.storage.attempt_file import AttemptFile, is_file_of
from runner.storage.attempt_rules import check_attempt

_ABSENT: Final = object()


def check_consistency(workspace: Workspace, document: Document, run: Run) -> None:
    """Raises DamagedRecord with the location of the first inconsistency."""
    if run.schema_version is None and not _is_by_orch(run):
        return
    _check_version(document, run)
    if run.schema_version != 1 and run.pins is None:
        raise _damage(document, ("pins",), "is missing or null")
    if run.schema_version == 1 and run.pins:
        raise _damage(document, ("schema_version",), "is 1; only records of version 2 have pins")
    _check_times(document, run)
    names = [gate.gate for gate in run.gates]
    for index, gate in enumerate(run.gates):
        if gate.gate in names[:index]:
            raise _damage(document, ("gates", index, "gate"), f"duplicate gate {gate.gate!r}")
        _check_attempts(document, ("gates", index), gate, is_older=run.schema_version == 1)
        for number, attempt in enumerate(gate.attempts):
            if not attempt.is_open:
                path = ("gates", index, "attempts", number)
                _check_file(workspace, document, path, run.run_id, gate.gate, attempt)
                check_attempt(document, path, attempt, run)
    _check_summary(document, run)


def _is_by_orch(run: Run) -> bool:
    """Whether a record has keys that the original never wrote."""
    return not run.absent.issuperset(OWN_KEYS)


def _check_version(document: Document, run: Run) -> None:
    if run.schema_version is None:
        raise _damage(document, ("schema_version",), "is missing or null")
    if run.schema_version not in SUPPORTED_VERSIONS:
        raise NewerRecord(f"{document.at(('schema_version',))}: {describe_unsupported(run.schema_version)}")


def describe_unsupported(version: int) -> str:
    """What is wrong with a record of this version."""
    return f"unsupported schema_version {version} (supported: {', '.join(map(str, SUPPORTED_VERSIONS))}); upgrade orch"


def _check_summary(document: Document, run: Run) -> None:
    """The members before `gates`, which a list of runs is made of, must agree with the gates."""
    progress = {"passed": run.gates_passed, "total": len(run.gates)}
    if document.data.get("progress", progress) != progress:
        rule = f"is inconsistent with the gates: {run.gates_passed} of {len(run.gates)} passed"
        raise _damage(document, ("progress",), rule)
    if run.status in (RunStatus.PASSED, RunStatus.CANCELED) and run.finished_at is None:
        raise _damage(document, ("status",), f"is {run.status}, but the run has not ended")
    for gate in run.gates:
        if run.finished_at is not None and gate.open_attempt:
            rule = f"is {run.finished_at}, but attempt {gate.open_attempt.number} of gate {gate.gate} is open"
            raise _damage(document, ("finished_at",), rule)


def check_attempt_times(document: Document, path: JsonPath, attempt: Attempt) -> None:
    """Raises DamagedRecord unless the attempt's times are valid."""
    _check_time(document, (*path, "started_at"), attempt.started_at)
    _check_time(document, (*path, "finished_at"), attempt.finished_at)


def _check_times(document: Document, run: Run) -> None:
    _check_time(document, ("started_at",), run.started_at)
    _check_time(document, ("finished_at",), run.finished_at)
    for index, gate in enumerate(run.gates):
        for number, attempt in enumerate(gate.attempts):
            check_attempt_times(document, ("gates", index, "attempts", number), attempt)
    columns = [(member, key, rows.column(key)) for member, key, rows in _timestamp_columns(run)]
    if are_timestamps(set(chain.from_iterable(column for _, _, column in columns)) - {None}):
        return
    for member, key, column in columns:
        for index, time in enumerate(column):
            _check_time(document, (member, index, key), time)


def _timestamp_columns(run: Run) -> Iterator[tuple[str, str, Rows[Any]]]:
    yield "invocations", "started_at", run.invocations
    yield "invocations", "finished_at", run.invocations
    yield "artifacts_index", "recorded_at", run.artifacts_index
    yield "artifacts_index", "updated_at", run.artifacts_index
    yield "events", "timestamp", run.events


def _check_time(document: Document, path: JsonPath, time: str | None) -> None:
    if time is not None and not is_timestamp(time):
        raise _damage(document, path, f"invalid time {time[:60]!r}")


def _check_attempts(document: Document, path: JsonPath, gate: Gate, *, is_older: bool) -> None:
    for index, attempt in enumerate(gate.attempts):
        location = (*path, "attempts", index)
        if attempt.number != index + 1:
            rule = f"is {attempt.number}; attempts are numbered 1, 2, … in order"
            raise _damage(document, (*location, "attempt"), rule)
        if attempt.is_open and index + 1 < len(gate.attempts):
            raise _damage(document, (*location, "status"), "is RUNNING, but a later attempt exists")
        if attempt.is_open and attempt.baseline is None:
            rule = "is missing or null; without it a change of the contract cannot be detected"
            raise _damage(document, (*location, "baseline"), rule)
        if attempt.is_open and attempt.baseline and not attempt.baseline.context and not is_older:
            raise _damage(document, (*location, "baseline", "context"), "is missing or null")
    last = gate.last_attempt.status if gate.last_attempt else GateStatus.NOT_STARTED
    if gate.status is not last:
        raise _damage(document, (*path, "status"), f"is {gate.status}, but the gate's last attempt is {last}")


def _check_file(
    workspace: Workspace, document: Document, path: JsonPath, run_id: str, gate: str, attempt: Attempt
) -> None:
    if is_file_of(workspace, run_id, gate, attempt):
        return
    file = AttemptFile.read(workspace, run_id, gate, attempt.number)
    if file is None:
        missing = workspace.attempt_path(run_id, gate, attempt.number)
        raise _damage(document, path, f"is finished ({attempt.status}), but its file {missing} is missing")
    embedded, own = attempt.to_json(), file.document.data
    if embedded != own:
        key = _first_difference(embedded, own)
        there = f"{document.path}:{document.line((*path, *key))}"
        raise DamagedRecord(f"{file.document.at(key)}: differs from {there}: {format_json_path((*path, *key))}")


def _first_difference(one: Any, other: Any) -> JsonPath:
    """The path of the first difference between two JSON values that are not equal."""
    for key, left, right in _pairs(one, other):
        if left != right:
            return (key, *_first_difference(left, right))
    return ()


def _pairs(one: Any, other: Any) -> list[tuple[str | int, Any, Any]]:
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return [(key, one.get(key, _ABSENT), other.get(key, _ABSENT)) for key in {**one, **other}]
    if isinstance(one, Sequence) and isinstance(other, Sequence) and not isinstance(one, str):
        pairs = zip_longest(one, other, fillvalue=_ABSENT)
        return [(index, left, right) for index, (left, right) in enumerate(pairs)]
    return []


def _damage(document: Document, path: JsonPath, rule: str) -> DamagedRecord:
    return DamagedRecord(f"{document.at(path)}: {rule}")
