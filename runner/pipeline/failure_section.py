"""What a new attempt at a gate has to know of the one before: what failed, where, and how to mend it.

It is made from what is recorded alone, so that whoever has the record can make the same text again.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gate_tests.checks.registry import describe_fix
from gate_tests.sanitize import plain
from runner.models.attempt import ABANDONED, Attempt
from runner.models.run import Gate
from runner.models.status import GateStatus

_MOST_FAULTS = 50
_LONGEST_REASON = 2000  # characters; a recorded reason is no longer


def failed_before(gate: Gate, number: int) -> Attempt | None:
    """The attempt that attempt `number` has to make good: the newest before it that was not just abandoned.

    None where there is none, or where that one passed.
    """
    before = [attempt for attempt in gate.attempts if attempt.number < number and not attempt.is_open]
    told = [attempt for attempt in before if attempt.failure_reason != ABANDONED]
    return told[-1] if told and told[-1].status is GateStatus.FAIL else None


def what_failed(attempt: Attempt, logs: str) -> str:
    """The section of a packet, Markdown, that tells it. `logs` is the folder of what the attempt's programs printed."""
    faults = [*_faults(attempt, logs)]
    shown = faults[:_MOST_FAULTS]
    lines = [f"{number}. {fault}" for number, fault in enumerate(shown, start=1)]
    if more := len(faults) - len(shown):
        lines.append(f"\nAnd {more:,} more of its checks; `orch gate check` tells them all.")
    return f"## What failed in attempt {attempt.number}\n\n" + "\n".join(lines) + "\n\nMend that first.\n"


def failed_check(row: Mapping[str, Any], logs: str) -> str:
    """A check that did not hold: where, what was wanted and what was found, and how to mend it."""
    kind = str(row.get("type", "check"))
    also = f" What it printed is below `{logs}/`." if kind == "command" else ""
    return _fault(_said(row), describe_fix(kind) + also, f"check `{plain(str(row.get('id') or kind))}`")


def _faults(attempt: Attempt, logs: str) -> Iterator[str]:
    """Each failed script and check; where somebody failed the attempt, what they said."""
    failed = [script for script in attempt.pre_scripts if not script.get("pass", True)]
    for script in failed:
        yield _fault(_said(script), f"see what it printed, below `{logs}/`", "its pre_script")
    rows = [row for row in attempt.validations if row.get("pass") is False]
    for row in rows:
        yield failed_check(row, logs)
    if not failed and not rows:
        yield f"{plain(attempt.failure_reason or 'nothing was recorded of it', _LONGEST_REASON)}"


def _fault(said: str, mend_it: str, what: str) -> str:
    return f"{said}\n   - {what}\n   - how to mend it: {mend_it}"


def _said(row: Mapping[str, Any]) -> str:
    """Where it is, what was wanted and what was found. A row of the original has only the path and the type."""
    if reason := row.get("reason"):
        return plain(str(reason), _LONGEST_REASON)
    about = f": {row['description']}" if row.get("description") else ""
    return plain(f"{row.get('resolved_path') or row.get('path')}{about}")
