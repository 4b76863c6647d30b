"""The rules that every finished attempt written by orch satisfies. Any other is not taken into a record.

Consistency, recovery and repair use the same rules. They do not apply to records without `schema_version`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import repeat
from operator import is_, itemgetter
from typing import Any, Final

from gate_tests.errors import DamagedRecord, Refused
from gate_tests.strict_json.document import Document, JsonPath
from gate_tests.workspace.names import normal_path
from runner.models.attempt import Attempt, Json
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.models.timestamps import is_timestamp

_REQUIRED_KEYS: Final = (
    "attempt", "status", "started_at", "finished_at", "agent", "prompt_sha256", "invocation_ids", "required_outputs",
    "artifacts", "validations", "failure_reason", "contract", "baseline", "runner", "git",
)  # fmt: skip
_KEYS_BY_VERSION: Final[Mapping[int, tuple[str, ...]]] = {
    1: _REQUIRED_KEYS,
    2: (*_REQUIRED_KEYS, "context", "blocking"),
}
_SHA256: Final = re.compile("[0-9a-f]{64}")
_SHA256_DIGITS: Final = 64
_HEX_DIGITS: Final = re.compile("[0-9a-f]*")
_ARTIFACT_KEYS: Final = ("path", "size_bytes", "sha256", "resolved_path")

Violation = tuple[JsonPath, str]
"""The path of a value in the attempt, and what is wrong with it."""


def check_attempt(document: Document, path: JsonPath, attempt: Attempt, run: Run, not_after: str | None = None) -> None:
    """Raises DamagedRecord for the first violation by a finished attempt of `run` at `path` of the document.

    `not_after` is the latest time at which it may end. That does not apply to attempts in RUN.json: a clock that
    was wrong then and is right now would damage the record.
    """
    for key, rule in find_violations(attempt, run):
        raise DamagedRecord(f"{document.at((*path, *key))}: {rule}")
    if not_after and attempt.finished_at and attempt.finished_at > not_after:
        raise DamagedRecord(f"{document.at((*path, 'finished_at'))}: is {attempt.finished_at}, in the future")


def find_violations(attempt: Attempt, run: Run) -> Iterator[Violation]:
    """What no command of orch writes into a finished attempt of `run`."""
    record = attempt.finished_json or attempt.to_json()
    for key in _KEYS_BY_VERSION.get(run.schema_version or 0, ()):
        if key not in record:
            yield (key,), "is missing"
    yield from _find_time_violations(attempt)
    if (attempt.context or run.schema_version != 1) and attempt.context != run.attempt_context:
        changes = ", ".join(attempt.context.find_changes(run.attempt_context)) if attempt.context else "none recorded"
        yield ("context",), f"differs from the run: {changes}"
    if attempt.status is GateStatus.PASS:
        yield from _find_pass_violations(attempt, record)
    else:
        yield from _find_fail_violations(attempt, record)
    yield from _find_artifact_violations(attempt, record)


def _find_time_violations(attempt: Attempt) -> Iterator[Violation]:
    for key, time in (("started_at", attempt.started_at), ("finished_at", attempt.finished_at)):
        if time is None or not is_timestamp(time):
            yield (key,), f"invalid time {str(time)[:60]!r}"
            return
    if attempt.finished_at and attempt.finished_at < attempt.started_at:
        yield ("finished_at",), f"is {attempt.finished_at}, before the start at {attempt.started_at}"


def _find_pass_violations(attempt: Attempt, record: Json) -> Iterator[Violation]:
    if attempt.contract is None:
        yield ("contract",), "is null in an attempt that passed"
    if not record["validations"]:
        yield ("validations",), "is empty in an attempt that passed"
    if attempt.failure_reason is not None:
        yield ("failure_reason",), "is not null in an attempt that passed"
    for key, index in _list_failed_rows(record):
        yield (key, index, "pass"), "is not true in an attempt that passed"


def _find_fail_violations(attempt: Attempt, record: Json) -> Iterator[Violation]:
    if not attempt.failure_reason:
        yield ("failure_reason",), "is empty in an attempt that failed"
    if record["validations"] and not any(_list_failed_rows(record)):
        yield ("status",), "is FAIL, but no check failed"


def _list_failed_rows(record: Json) -> Iterator[tuple[str, int]]:
    """The rows of checks and pre_scripts that did not pass."""
    for key in ("validations", "pre_scripts"):
        rows = record.get(key)
        if not isinstance(rows, list) or _have_all_passed(rows):
            continue
        for index, row in enumerate(rows):
            if not isinstance(row, dict) or row.get("pass") is not True:
                yield key, index


def _have_all_passed(rows: list[Any]) -> bool:
    """Whether that is certain at a glance."""
    try:
        return all(map(is_, map(itemgetter("pass"), rows), repeat(True)))
    except (KeyError, TypeError, IndexError):
        return False


def _find_artifact_violations(attempt: Attempt, record: Json) -> Iterator[Violation]:
    declared = set(attempt.required_outputs)
    rows: Sequence[Any] = record["artifacts"] if isinstance(record["artifacts"], list) else ()
    if _are_usual(rows, declared):
        return
    for index, row in enumerate(rows):
        if problem := _find_artifact_problem(row, declared):
            yield ("artifacts", index), problem


def _are_usual(rows: Sequence[Any], declared: set[str]) -> bool:
    """Whether no row has a problem, as far as that is seen at a glance: 10,000 take 3 ms, and 20 ms one by one."""
    try:
        templates, sizes, hashes, paths = (list(map(itemgetter(key), rows)) for key in _ARTIFACT_KEYS)
        return (
            declared.issuperset(templates)
            and {int}.issuperset(map(type, sizes))
            and min(sizes, default=0) >= 0
            and {_SHA256_DIGITS}.issuperset(map(len, hashes))
            and _HEX_DIGITS.fullmatch("".join(hashes)) is not None
            and _are_usual_paths(paths)
        )
    except (KeyError, TypeError, IndexError):
        return False


def _are_usual_paths(paths: list[str]) -> bool:
    """Whether all are normal, below the root and of printable ASCII characters."""
    lines = "/\n/".join(["", *paths, ""])  # each path between slashes, on a line of its own
    return (
        lines.count("\n") == len(paths) + 1
        and lines.isascii()
        and lines.replace("\n", "").isprintable()
        and not any(part in lines for part in ("//", "/./", "/../", "\n/ "))
    )


def _find_artifact_problem(row: Any, declared: set[str]) -> str | None:
    if not isinstance(row, dict):
        return "must be an object"
    if row.get("path") not in declared:
        return f"path is {row.get('path')!r}, not one of required_outputs"
    size, sha256 = row.get("size_bytes"), row.get("sha256")
    if type(size) is not int or size < 0:
        return f"size_bytes is {size!r}"
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        return f"sha256 is {sha256!r}"
    path = row.get("resolved_path")
    try:
        is_normal = isinstance(path, str) and normal_path(path, "path") == path
    except Refused:
        is_normal = False
    return None if is_normal else f"resolved_path is {path!r}, not a path below the root"
