"""Folds the failures of checks that need the same missing file, so that it is reported once."""

from collections.abc import Mapping
from typing import Final

from gate_tests.checks.output import MISSING_DIRECTORY, NO_MATCHING_FILE
from gate_tests.checks.result import CheckResult
from gate_tests.files.artifacts import PathKind

_NOTHING_FOUND: Final = (PathKind.MISSING.value, NO_MATCHING_FILE, MISSING_DIRECTORY)
"""What the checks found whose target is missing."""
_NONE_OF_SEVERAL: Final = ", found no file"
_MATCHES_NOTHING: Final = " matches no file"

_Names = tuple[str, ...]
"""Of one missing file: its path, and how the contract has it, as far as they are known."""


def fold_missing(results: Mapping[str, CheckResult]) -> dict[str, int]:
    """The keys of the results that do not pass, failures first; of those on the same missing files only the first.

    The value is the number of the other checks that need the files.
    """
    bad = sorted((key for key in results if results[key].reason), key=lambda key: not results[key].has_failed)
    first: dict[str, str] = {}
    folded: dict[str, int] = {}
    for key in bad:
        missing = _list_missing(results[key])
        shown = [next((first[name] for name in names if name in first), None) for names in missing]
        if shown and shown[0] is not None and None not in shown:
            folded[shown[0]] += 1
            continue
        folded[key] = 0
        for name in (name for names in missing for name in names):
            first.setdefault(name, key)
    return folded


def describe_dependents(count: int) -> str:
    """The number of the other checks that need a missing file, as the end of a message; empty where there are none."""
    if not count:
        return ""
    return "; 1 more check needs it" if count == 1 else f"; {count} more checks need it"


def _list_missing(result: CheckResult) -> list[_Names]:
    """The missing files that the check needs; none if it found anything else."""
    text = str(result.reason).removeprefix(f"{result.resolved_path}: ")
    if any(f"{text}, ".startswith(f"{found}, ") or text.endswith(f", found {found}") for found in _NOTHING_FOUND):
        return [(result.resolved_path, result.path)]
    if text.endswith(_NONE_OF_SEVERAL):
        checked = result.measured.get("checked")
        paths = [each.get("path") for each in checked if isinstance(each, dict)] if isinstance(checked, list) else []
        return [(str(path),) for path in paths or [result.resolved_path]]
    parts = text.rpartition(", found ")[2].split("; ")
    is_all = all(part.endswith(_MATCHES_NOTHING) for part in parts)
    return [(part.removesuffix(_MATCHES_NOTHING),) for part in parts] if is_all else []
