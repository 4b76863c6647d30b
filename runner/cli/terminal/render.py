"""Formats runs, gates and attempts for people."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Final

from gate_tests.sanitize import sanitize_line
from runner.cli.terminal.styles import style
from runner.models.status import GateStatus, RunStatus

if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace
    from runner.models.attempt import Attempt
    from runner.models.gate import Gate
    from runner.models.run import Run

_COLOURS: Final = {
    GateStatus.PASS: "green",
    GateStatus.FAIL: "red",
    GateStatus.RUNNING: "yellow",
    RunStatus.PASSED: "green",
    RunStatus.FAILED: "red",
    RunStatus.RUNNING: "yellow",
}


@cache
def style_status(status: GateStatus | RunStatus, width: int = 0) -> str:
    """A status in its colour, padded to `width`."""
    return style(f"{status:<{width}}", _COLOURS.get(status), bold=True)


def style_gate_status(status: GateStatus, is_stale: bool, width: int) -> str:
    """The status of a gate and, of one that passed with other files than the present ones, the word `stale`."""
    if not is_stale:
        return style_status(status, width)
    return f"{style_status(status)} {style(f'{_STALE:<{width - len(status) - 1}}', 'yellow', bold=True)}"


_STALE: Final = "stale"
_NONE: Final[Mapping[str, Sequence[str]]] = {}
_HASH_DIGITS: Final = 12  # hexadecimal digits of a SHA-256 that a person compares
_MAX_REASONS: Final = 10  # of an attempt
_MAX_INVOCATIONS: Final = 3  # of an attempt
_MAX_REASON_LENGTH: Final = 10_000
_MAX_START_EVENTS: Final = 4  # forced, two files accepted, started


def format_run(run: "Run", stale: Mapping[str, Sequence[str]] = _NONE) -> Iterator[str]:
    """The output of `orch run show`. `stale`: why gates are stale, by gate id."""
    yield f"{run.run_id}  {style_status(run.status)}"
    yield f"  workflow       {run.workflow.name} {run.workflow.version}"
    yield f"  slug           {run.workflow.slug}"
    yield f"  artifact path  {run.workflow.artifact_path}"
    yield f"  depth          {run.depth}"
    if run.prompt:
        yield f"  prompt         {run.prompt.file} ({run.prompt.sha256[:_HASH_DIGITS]})"
    yield f"  started        {_format_time(run.started_at)}"
    yield f"  finished       {_format_time(run.finished_at) if run.finished_at else 'not yet'}"
    yield from (f"  forced         {line}" for line in _list_forced_starts(run))
    yield from (f"  accepted       {line}" for line in _list_accepted_changes(run))
    if any(run.invocations.column("usage")):
        from runner.operations.invocation_lines import sum_usage  # few runs have any

        if usage := sum_usage(run):
            yield f"  usage          {usage.describe()}"
    for gate in run.gates:
        yield from _format_gate(run, gate, stale.get(gate.gate, ()))


def format_completion(run: "Run") -> str:
    """That the run was completed, and with which status."""
    if run.status is RunStatus.CANCELED:
        return f"run {run.run_id} canceled"
    return f"run {run.run_id} completed: {style_status(run.status)}"


def format_forced_start(run: "Run") -> str | None:
    """What was overridden by the last start of an attempt; None where it was not forced."""
    before_start = [each for each in run.events.column("type")[-_MAX_START_EVENTS:] if each != "CONTRACT_ACCEPTED"]
    return f"forced: {_list_forced_starts(run)[-1]}" if before_start[-2:] == ["FORCED", "GATE_STARTED"] else None


def _list_forced_starts(run: "Run") -> list[str]:
    if "FORCED" not in run.events.column("type"):  # avoids parsing each event of a large record
        return []
    forced = [event.data for event in run.events if event.type == "FORCED"]
    return [f"{data.get('gate')}: {data.get('reason')} ({data.get('message')})" for data in forced]


def _list_accepted_changes(run: "Run") -> list[str]:
    if "CONTRACT_ACCEPTED" not in run.events.column("type"):
        return []
    from runner.models.rules import list_accepted_changes  # few runs have any

    return [
        f"{change.gate}, attempt {change.attempt}: {change.path} changed from"
        f" {change.before[:_HASH_DIGITS]} to {change.after[:_HASH_DIGITS]}"
        for change in list_accepted_changes(run.events)
    ]


def format_ignored_record(rule: str) -> str:
    """That no commit will have the record; `rule` is the one by which git ignores it."""
    return f"git ignores the record ({sanitize_line(rule)}): no commit will have it"


def find_next_command(workspace: "Workspace", run: "Run", after: str | None = None) -> str:
    """The next command of the run; `after` is the gate that was just finished or failed, if any."""
    from runner.workflows import next_command

    if not run.gates_passed:
        return next_command.find_next_command(workspace, run, after)
    from runner.operations.stale_gates import StaleGates  # many runs have none that passed

    return next_command.find_next_command(workspace, run, after, StaleGates(workspace, run))


def _format_gate(run: "Run", gate: "Gate", stale: Sequence[str]) -> Iterator[str]:
    yield f"  {style_gate_status(gate.status, bool(stale), 11)}  {gate.gate} {gate.name}"
    yield from (f"    {sanitize_line(reason, _MAX_REASON_LENGTH)}" for reason in stale[:_MAX_REASONS])
    if len(stale) > _MAX_REASONS:
        yield f"    and {len(stale) - _MAX_REASONS:,} more"
    for attempt in gate.attempts:
        yield f"    {_format_attempt(attempt)}"
        if attempt.invocation_ids:
            yield from _format_invocations(run, attempt)
        if attempt.failure_reason:
            yield from _format_reasons(attempt)


def _format_invocations(run: "Run", attempt: "Attempt") -> Iterator[str]:
    """The last invocations of the attempt, each on a line, and how many there were before."""
    from runner.operations.invocation_lines import describe_invocation, find_invocations  # many attempts have none

    invocations = find_invocations(run, attempt)
    if len(invocations) > _MAX_INVOCATIONS:
        yield f"      {len(invocations) - _MAX_INVOCATIONS:,} earlier invocations, then"
    yield from (f"      invocation  {describe_invocation(each)}" for each in invocations[-_MAX_INVOCATIONS:])


def _format_reasons(attempt: "Attempt") -> Iterator[str]:
    """Each reason on a line, the first few, and how many more; a missing file once."""
    from runner.operations.run_status import list_reasons  # few attempts have failed

    reasons = list_reasons(attempt)
    yield from (f"      {sanitize_line(reason, _MAX_REASON_LENGTH)}" for reason in reasons[:_MAX_REASONS])
    if len(reasons) > _MAX_REASONS:
        yield f"      and {len(reasons) - _MAX_REASONS:,} more"


def _format_attempt(attempt: "Attempt") -> str:
    started, finished = _format_time(attempt.started_at), _format_time(attempt.finished_at or "now")
    day, _, _ = started.partition(" ")
    when = f"{started.removesuffix(' UTC')} to {finished.removeprefix(f'{day} ').removesuffix(' UTC')}"
    return f"attempt {attempt.number}  {style_status(attempt.status)}  {when}  {attempt.agent}"


def _format_time(timestamp: str) -> str:
    """A time of a record to the second: `2026-11-22 09:30:00 UTC`; any other text as it is."""
    from runner.models.timestamps import is_timestamp

    return f"{timestamp[:10]} {timestamp[11:19]} UTC" if is_timestamp(timestamp) else sanitize_line(timestamp)
