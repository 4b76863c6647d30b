"""The section of a prompt packet about the failed attempt before: what failed, where, and how to fix it.

It depends on the record alone, so that the same text can be made again.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from gate_tests.checks.registry import describe_fix
from gate_tests.sanitize import sanitize_line
from runner.models.attempt import ABANDONED, Attempt
from runner.models.run import Gate
from runner.models.status import GateStatus

_MAX_FAILURES = 50
_MAX_REASON_LENGTH = 2000  # characters; a recorded reason is no longer


def find_failed_attempt(gate: Gate, number: int) -> Attempt | None:
    """The failed attempt that attempt `number` repeats: the newest before it that was not abandoned.

    None where there is none, or where that one passed.
    """
    before = [attempt for attempt in gate.attempts if attempt.number < number and not attempt.is_open]
    judged = [attempt for attempt in before if attempt.failure_reason != ABANDONED]
    return judged[-1] if judged and judged[-1].status is GateStatus.FAIL else None


def compose_failure_section(attempt: Attempt, logs: str) -> str:
    """The section, in Markdown. `logs` is the directory with the output of the attempt's programs."""
    failures = [*_format_failures(attempt, logs)]
    listed = failures[:_MAX_FAILURES]
    lines = [f"{number}. {failure}" for number, failure in enumerate(listed, start=1)]
    if more := len(failures) - len(listed):
        lines.append(f"\nAnd {more:,} more of its checks; `orch gate check` tells them all.")
    return f"## What failed in attempt {attempt.number}\n\n" + "\n".join(lines) + "\n\nMend that first.\n"


def format_failed_check(row: Mapping[str, Any], logs: str) -> str:
    """A failed check: where, what was expected, what was found, and how to fix it."""
    kind = str(row.get("type", "check"))
    also = f" What it printed is below `{logs}/`." if kind == "command" else ""
    return _format_failure(
        _describe_failure(row), describe_fix(kind) + also, f"check `{sanitize_line(str(row.get('id') or kind))}`"
    )


def _format_failures(attempt: Attempt, logs: str) -> Iterator[str]:
    """Each failed script and check; the recorded reason where there are none."""
    failed = [script for script in attempt.pre_scripts if not script.get("pass", True)]
    for script in failed:
        yield _format_failure(_describe_failure(script), f"see what it printed, below `{logs}/`", "its pre_script")
    rows = [row for row in attempt.validations if row.get("pass") is False]
    for row in rows:
        yield format_failed_check(row, logs)
    if not failed and not rows:
        yield f"{sanitize_line(attempt.failure_reason or 'nothing was recorded of it', _MAX_REASON_LENGTH)}"


def _format_failure(description: str, fix: str, subject: str) -> str:
    return f"{description}\n   - {subject}\n   - how to mend it: {fix}"


def _describe_failure(row: Mapping[str, Any]) -> str:
    """The recorded reason. A row of the original has only the path and the type."""
    if reason := row.get("reason"):
        return sanitize_line(str(reason), _MAX_REASON_LENGTH)
    about = f": {row['description']}" if row.get("description") else ""
    return sanitize_line(f"{row.get('resolved_path') or row.get('path')}{about}")
