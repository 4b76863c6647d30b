"""Whether a retry changed nothing: the same checks failed with the same values, and no output changed."""

from collections.abc import Iterator
from typing import Any, Final

from runner.models.attempt import Attempt
from runner.models.gate import Gate
from runner.models.status import GateStatus

_VARYING: Final = {"duration_ms"}
"""What differs from one run of a program to the next. Its output is a value: three tests may fail where four did."""


def repeats_last_failure(gate: Gate) -> bool:
    """Whether the last attempt failed exactly as the one before. One that was failed by hand repeats nothing."""
    if len(gate.attempts) < 2:
        return False
    before, last = gate.attempts[-2:]
    failures = [*_list_failures(last)]
    return (
        bool(failures)
        and failures == [*_list_failures(before)]
        and sorted(last.artifact_hashes) == sorted(before.artifact_hashes)
    )


def _list_failures(attempt: Attempt) -> Iterator[dict[str, Any]]:
    """The failed scripts and checks with the values that they measured."""
    if attempt.status is not GateStatus.FAIL:
        return
    rows = [script for script in attempt.pre_scripts if script.get("pass") is False]
    rows += [result.to_json() for result in attempt.failed_checks]
    yield from ({key: value for key, value in row.items() if key not in _VARYING} for row in rows)
