"""The section of a prompt packet about the failed attempt before: what failed, where, and how to fix it.

It depends on the record, and on the logs of the attempt's programs, whose last lines it quotes. Logs are not recorded:
where they are missing it says so. `run resume` reads the packet that was written, by its recorded hash, before it
composes one again.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from gate_tests.checks.missing import describe_dependents, fold_missing
from gate_tests.checks.registry import describe_fix
from gate_tests.checks.result import CheckResult
from gate_tests.compiler.templates import UnknownVariable, expand
from gate_tests.sanitize import sanitize_line
from runner.models.attempt import ABANDONED, Attempt, Json
from runner.models.gate import Gate
from runner.models.invocation import Invocation
from runner.models.status import GateStatus
from runner.operations.invocation_lines import describe_invocation
from runner.operations.programs import name_command_log, name_script_log
from runner.pipeline.program_output import OutputReader

_MAX_FAILURES: Final = 50
_MAX_INVOCATIONS: Final = 3
_MAX_REASON_LENGTH: Final = 2000  # characters; a recorded reason is no longer
_FIX_SCRIPT: Final = "Fix what its output reports: this program must exit with code 0 when it is run in the root."


def find_failed_attempt(gate: Gate, number: int) -> Attempt | None:
    """The failed attempt that attempt `number` repeats: the newest before it that was not abandoned.

    None where there is none, or where that one passed.
    """
    before = [attempt for attempt in gate.attempts if attempt.number < number and not attempt.is_open]
    judged = [attempt for attempt in before if attempt.failure_reason != ABANDONED]
    return judged[-1] if judged and judged[-1].status is GateStatus.FAIL else None


def compose_failure_section(
    attempt: Attempt, reader: OutputReader, logs: str, invocations: Sequence[Invocation] = ()
) -> str:
    """The section, in Markdown. `logs` is the directory with the output of the attempt's programs.

    `invocations` are those of the attempt; of the last ones it says how they ended.
    """
    failures = list_failures(attempt, reader, logs)
    listed = failures[:_MAX_FAILURES]
    lines = [f"{number}. {failure}" for number, failure in enumerate(listed, start=1)]
    if more := len(failures) - len(listed):
        lines.append(f"\nAnd {more:,} more failed checks; `orch gate check` shows all of them.")
    ends = [f"- {sanitize_line(describe_invocation(each))}" for each in invocations[-_MAX_INVOCATIONS:]]
    parts = [f"## What failed in attempt {attempt.number}", "\n".join(lines), "Fix these first."]
    parts += ["How the work on that attempt ended:", "\n".join(ends)] if ends else []
    return "\n\n".join(parts) + "\n"


def format_failed_checks(
    results: Sequence[CheckResult], reader: OutputReader, logs: Mapping[str, str]
) -> Iterator[str]:
    """Each failed check; of those on a missing file only the first, with the number of the others.

    `logs` are the paths of the output of programs, by the id of their check.
    """
    failed = {str(index): result for index, result in enumerate(results) if result.has_failed}
    folded = fold_missing(failed)
    for key, result in failed.items():
        if key in folded or not result.reason:  # a row of the original has none
            text = _format_failed_check(result, describe_dependents(folded.get(key, 0)))
            yield f"{text}\n{reader.quote(logs[result.id])}" if result.id in logs else text


def _format_failed_check(result: CheckResult, dependents: str) -> str:
    """A failed check: where, what was expected, what was found, and how to fix it."""
    reason = _describe_failure(result.reason, result.resolved_path, result.description)
    return _format_failure(f"{reason}{dependents}", describe_fix(result.type), f"check `{sanitize_line(result.id)}`")


def list_failures(attempt: Attempt, reader: OutputReader, logs: str) -> list[str]:
    """Each failed script and check of a finished attempt; the recorded reason where there are none."""
    return [*_format_failures(attempt, reader, logs)]


def _format_failures(attempt: Attempt, reader: OutputReader, logs: str) -> Iterator[str]:
    failed = [(number, row) for number, row in enumerate(attempt.pre_scripts, start=1) if not row.get("pass", True)]
    for number, script in failed:
        path = _script_path(attempt, script)
        reason = _describe_failure(script.get("reason"), path, script.get("description"))
        text = _format_failure(reason, _FIX_SCRIPT, "its pre_script")
        yield f"{text}\n{reader.quote(name_script_log(logs, number, path))}" if _was_run(script) else text
    results = attempt.failed_checks
    yield from format_failed_checks(results, reader, _command_logs(attempt, results, logs))
    if not failed and not results:
        yield f"{sanitize_line(attempt.failure_reason or 'no reason was recorded', _MAX_REASON_LENGTH)}"


def _command_logs(attempt: Attempt, failed: Sequence[CheckResult], logs: str) -> dict[str, str]:
    """The paths of the output of the failed `command` checks, by id: their numbers are those among all of them."""
    if not any(result.type == "command" for result in failed):
        return {}
    commands = [result for result in attempt.validations if result.type == "command"]
    return {
        result.id: name_command_log(logs, number, result.resolved_path.rpartition("/")[2])
        for number, result in enumerate(commands, start=1)
    }


def _script_path(attempt: Attempt, script: Json) -> str:
    """The path of a pre_script in the run, as far as the record says."""
    path = str(script.get("resolved_path") or script.get("path"))
    if (context := attempt.context) is None:
        return path
    own = {key: getattr(context, key) for key in ("run_id", "slug", "artifact_path", "depth")}
    with suppress(UnknownVariable):
        return expand(path, {**context.variables, **own})
    return path


def _was_run(script: Json) -> bool:
    """Whether a pre_script of a record was started: one outside the root is not."""
    return bool(script.get("exit_code") is not None or script.get("output_sha256") or script.get("duration_ms"))


def _format_failure(description: str, fix: str, subject: str) -> str:
    return f"{description}\n   - {subject}\n   - how to fix: {fix}"


def _describe_failure(reason: object, path: str, description: object) -> str:
    """The recorded reason; the path and description of a row of the original, which recorded none."""
    if reason:
        return sanitize_line(str(reason), _MAX_REASON_LENGTH)
    return sanitize_line(f"{path}: {description}" if description else path)
