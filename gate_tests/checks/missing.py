"""Folds the failures of checks that need the same missing file, so that it is reported once."""

from collections.abc import Mapping
from typing import Final

from gate_tests.checks.output import MISSING_DIRECTORY, NO_MATCHING_FILE
from gate_tests.checks.result import CheckResult
from gate_tests.files.artifacts import PathKind

_NOTHING_FOUND: Final = (PathKind.MISSING.value, "no file", NO_MATCHING_FILE, MISSING_DIRECTORY)
"""What the checks found whose target is missing; "no file": none of several files of which one must exist."""


def fold_missing(results: Mapping[str, CheckResult]) -> dict[str, int]:
    """The keys of the results that do not pass, failures first; of those on one missing file only the first.

    The value is the number of the other checks that need the file.
    """
    bad = sorted((key for key in results if results[key].reason), key=lambda key: not results[key].has_failed)
    first: dict[str, str] = {}
    folded: dict[str, int] = {}
    for key in bad:
        shown = first.setdefault(_find_missing(results[key]) or f"\0{key}", key)
        folded[shown] = folded.get(shown, -1) + 1
    return folded


def describe_dependents(count: int) -> str:
    """The number of the other checks that need a missing file, as the end of a message; empty where there are none."""
    if not count:
        return ""
    return "; 1 more check needs it" if count == 1 else f"; {count} more checks need it"


def _find_missing(result: CheckResult) -> str | None:
    """The path of the target, if it is missing."""
    text = str(result.reason).removeprefix(f"{result.resolved_path}: ")
    is_missing = any(
        f"{text}, ".startswith(f"{found}, ") or text.endswith(f", found {found}") for found in _NOTHING_FOUND
    )
    return result.resolved_path if is_missing else None
