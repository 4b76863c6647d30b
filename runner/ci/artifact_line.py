"""The line of an artifact that the result of a check is about."""

import re
from collections.abc import Iterator
from typing import Any, Final

from gate_tests.checks.result import CheckResult

_LISTED: Final = ("unresolved", "found")
"""The measured values that list places: citations and quotations, credentials. The first place comes first."""

_OF_REGEX: Final = ("regex_match", "max_regex_count", "min_regex_count")
_MATCHES: Final = re.compile(r"\bmatch(?:es)? on lines? ([0-9]+)[0-9, and more]*$")
"""How the reason of these ends."""


def find_artifact_line(result: CheckResult) -> int | None:
    """The first line in the check's target, 1-based; None where the result names none, or a line of another file."""
    if result.reason is None:
        return None
    if result.type in _OF_REGEX and (match := _MATCHES.search(result.reason)):
        return int(match[1])
    return next(_list_lines(result), None)


def _list_lines(result: CheckResult) -> Iterator[int]:
    for key in _LISTED:
        for row in _as_list(result.measured.get(key)):
            path, line = row.get("path", result.resolved_path), row.get("line")
            if path == result.resolved_path and type(line) is int and line > 0:
                yield line


def _as_list(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []
