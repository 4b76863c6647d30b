"""The section of a prompt packet about the failed attempt before: what failed, where, and how to fix it.

It depends on the record alone, so that the same text can be made again.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from gate_tests.checks.missing import describe_dependents, fold_missing
from gate_tests.checks.registry import describe_fix
from gate_tests.checks.result import CheckResult
from gate_tests.sanitize import sanitize_line
from runner.models.attempt import ABANDONED, Attempt
from runner.models.gate import Gate
from runner.models.status import GateStatus

_MAX_FAILURES: Final = 50
_MAX_REASON_LENGTH: Final = 2000  # characters; a recorded reason is no longer


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
        lines.append(f"\nAnd {more:,} more failed checks; `orch gate check` shows all of them.")
    return f"## What failed in attempt {attempt.number}\n\n" + "\n".join(lines) + "\n\nFix these first.\n"


def format_failed_checks(results: Sequence[CheckResult], logs: str) -> Iterator[str]:
    """Each failed check; of those on a missing file only the first, with the number of the others."""
    failed = {str(index): result for index, result in enumerate(results) if result.has_failed}
    folded = fold_missing(failed)
    for key, result in failed.items():
        if key in folded or not result.reason:  # a row of the original has none
            yield _format_failed_check(result, describe_dependents(folded.get(key, 0)), logs)


def _format_failed_check(result: CheckResult, dependents: str, logs: str) -> str:
    """A failed check: where, what was expected, what was found, and how to fix it."""
    also = f" Its output is in `{logs}/`." if result.type == "command" else ""
    reason = _describe_failure(result.reason, result.resolved_path, result.description)
    return _format_failure(
        f"{reason}{dependents}", describe_fix(result.type) + also, f"check `{sanitize_line(result.id)}`"
    )


def _format_failures(attempt: Attempt, logs: str) -> Iterator[str]:
    """Each failed script and check; the recorded reason where there are none."""
    failed = [script for script in attempt.pre_scripts if not script.get("pass", True)]
    for script in failed:
        path = script.get("resolved_path") or script.get("path")
        reason = _describe_failure(script.get("reason"), str(path), script.get("description"))
        yield _format_failure(reason, f"see its output in `{logs}/`", "its pre_script")
    results = attempt.failed_checks
    yield from format_failed_checks(results, logs)
    if not failed and not results:
        yield f"{sanitize_line(attempt.failure_reason or 'no reason was recorded', _MAX_REASON_LENGTH)}"


def _format_failure(description: str, fix: str, subject: str) -> str:
    return f"{description}\n   - {subject}\n   - how to fix: {fix}"


def _describe_failure(reason: object, path: str, description: object) -> str:
    """The recorded reason; the path and description of a row of the original, which recorded none."""
    if reason:
        return sanitize_line(str(reason), _MAX_REASON_LENGTH)
    return sanitize_line(f"{path}: {description}" if description else path)
