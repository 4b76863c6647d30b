"""Compares a row of an attempt with the result of the same check now, beyond its status."""

from collections.abc import Collection, Iterator
from typing import Final

from gate_tests.checks.registry import BUILT_IN_TYPES, COMPILED_TYPES
from gate_tests.checks.result import CheckResult, CheckStatus
from gate_tests.files.glob import has_wildcards
from runner.verification.replayed import MeasuredChange

_RULE_KEYS: Final = ("type", "path", "severity")
"""The keys of a row that the contract alone decides."""
_BOUND_KEYS: Final = ("resolved_path", "description")
"""Those that contract and outputs decide."""
_VOLATILE_KEYS: Final = frozenset(("duration_ms", "output_sha256"))
"""Measured values that differ at each time without meaning anything."""
_DEPENDS_ON_MORE: Final = frozenset((
    "command", "url_reachable", "changed_in_attempt", "unchanged_since", "dir_exists", "min_file_count",
    "min_sources_any_of", "citations_resolve",
))  # fmt: skip
"""Types whose measured values do not follow from the target and the files in `read`."""
_MAX_TEXT: Final = 200
"""The characters of a measured text; a longer one is no value to compare by eye."""


def find_false_value(row: CheckResult, found: CheckResult, outputs: Collection[str] | None) -> str | None:
    """What a row claims that cannot have been so, though its status is that of the check now; None if nothing.

    `outputs`: the paths of the gate's outputs if all have the recorded bytes, and this version of orch judged them.
    """
    claimed, now = row.to_json(), found.to_json()
    for key in _RULE_KEYS:
        if claimed.get(key) != now[key]:
            return f"the record says {key} {claimed.get(key)!r}, the contract {now[key]!r}"
    for key in _list_determined_keys(row, found, outputs):
        if claimed.get(key) != now.get(key):
            return f"the record says {key} {claimed.get(key)!r}, the same files give {now.get(key)!r}"
    return None


def _list_determined_keys(row: CheckResult, found: CheckResult, outputs: Collection[str] | None) -> Iterator[str]:
    """The keys whose values have to be the same as then."""
    if found.type == "command" and found.status is CheckStatus.PASSED:
        yield "exit_code"
    if outputs is not None:
        yield from _BOUND_KEYS
        if _reads_only(row, found, outputs):
            yield from (key for key in {**found.measured, **row.measured} if key not in _VOLATILE_KEYS)


def _reads_only(row: CheckResult, found: CheckResult, outputs: Collection[str]) -> bool:
    """Whether the check has read these outputs, and the same other files as then, and nothing else."""
    is_built_in = found.type in BUILT_IN_TYPES or found.type in COMPILED_TYPES
    if not is_built_in or found.type in _DEPENDS_ON_MORE:
        return False
    is_same = all(row.to_json().get(key) == found.to_json().get(key) for key in ("read", "read_more"))
    return is_same and (found.resolved_path in outputs or has_wildcards(found.path))


def find_measured_changes(row: CheckResult, found: CheckResult) -> Iterator[MeasuredChange]:
    """The measured values that are others now."""
    claimed, now = row.measured, found.measured
    for key, value in now.items():
        before = claimed.get(key)
        if key not in _VOLATILE_KEYS and before != value and _is_value(before) and _is_value(value):
            yield MeasuredChange(found.id, key, before, value)


def _is_value(value: object) -> bool:
    return value is None or isinstance(value, bool | int | float) or (isinstance(value, str) and len(value) < _MAX_TEXT)
