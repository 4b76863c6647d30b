"""Formats runs, gates and attempts for people."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from gate_tests.sanitize import sanitize_line
from runner.cli.terminal.styles import style
from runner.cli.terminal.verbosity import Verbosity
from runner.models.status import GateStatus, RunStatus

_COLOURS: Final = {
    GateStatus.PASS: "green",
    GateStatus.FAIL: "red",
    GateStatus.RUNNING: "yellow",
    RunStatus.PASSED: "green",
    RunStatus.FAILED: "red",
    RunStatus.RUNNING: "yellow",
}


@cache
@cache
def style_status(status: GateStatus | RunStatus, width: int = 0) -> str:
    """A status in its colour, padded to `width`."""
    return style(f"{status:<{width}}", _COLOURS.get(status), bold=True)


if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace
    from runner.models.attempt import Attempt
    from runner.models.run import Gate, Run
    from runner.operations.judged_gate import JudgedGate
    from runner.operations.programs import Log

_HASH_DIGITS: Final = 12  # hexadecimal digits of a SHA-256 that a person compares
_MAX_ARTIFACTS: Final = 100
_NOTHING_CHANGED: Final = "  note    nothing changed in this attempt"
_MAX_START_EVENTS: Final = 4  # forced, two files accepted, started


def format_run(run: "Run") -> Iterator[str]:
    """The output of `orch run show`."""
    yield f"{run.run_id}  {style_status(run.status)}"
    yield f"  workflow       {run.workflow.name} {run.workflow.version}"
    yield f"  slug           {run.workflow.slug}"
    yield f"  artifact path  {run.workflow.artifact_path}"
    yield f"  depth          {run.depth}"
    if run.prompt:
        yield f"  prompt         {run.prompt.file} ({run.prompt.sha256[:_HASH_DIGITS]})"
    yield f"  started        {run.started_at}"
    yield f"  finished       {run.finished_at or 'not yet'}"
    yield from (f"  forced         {line}" for line in _list_forced_starts(run))
    yield from (f"  accepted       {line}" for line in _list_accepted_changes(run))
    for gate in run.gates:
        yield from _format_gate(gate)


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


def format_finished_gate(judged: "JudgedGate", record: str, verbosity: Verbosity = Verbosity.NORMAL) -> Iterator[str]:
    """The output of `orch gate finish` after pytest's: the verdict, the reasons, the path of the record."""
    yield from _format_verdict(judged, f"attempt {judged.gate.attempts[-1].number}", verbosity)
    if judged.git_problem:
        yield f"  warned  git did not answer: {judged.git_problem}; the record names no commit"
    if judged.git and judged.git.record_ignored_by:
        yield f"  warned  {format_ignored_record(judged.git.record_ignored_by)}"
    if verbosity > Verbosity.QUIET and judged.changed_nothing:
        yield _NOTHING_CHANGED
    if verbosity > Verbosity.QUIET:
        yield f"  record  {record}"


def format_ignored_record(rule: str) -> str:
    """That no commit will have the record; `rule` is the one by which git ignores it."""
    return f"git ignores the record ({sanitize_line(rule)}): no commit will have it"


def format_checked_gate(judged: "JudgedGate", verbosity: Verbosity = Verbosity.NORMAL) -> Iterator[str]:
    """The output of `orch gate check` after pytest's."""
    yield from _format_verdict(judged, "as it stands, nothing recorded", verbosity)
    if verbosity > Verbosity.QUIET:
        yield from _format_notes(judged)


def _format_notes(judged: "JudgedGate") -> Iterator[str]:
    if judged.gate.open_attempt and judged.changed_nothing:
        yield _NOTHING_CHANGED
    if judged.compiled.scripts:
        yield "  note    the pre_scripts of its contract were not run; gate finish runs them"
    number = len(judged.gate.attempts)
    if changes := ", ".join(judged.context_changes):
        yield f"  note    the record changed after attempt {number} started: {changes}; gate finish refuses that"
    for change in judged.rule_changes:
        yield (
            f"  note    {change.path} changed after attempt {number} started; a person decides whether to accept that"
        )


def _format_verdict(judged: "JudgedGate", about: str, verbosity: Verbosity) -> Iterator[str]:
    depth = judged.run.depth  # thresholds depend on it
    gate = f"{judged.gate.gate} {judged.gate.name}"
    yield f"{style_status(judged.status)}  {gate}, {about} (depth {depth})"
    for script in judged.scripts:
        yield from _format_problem(script.to_json(), script.log)
    for result in judged.verdict.validations:
        yield from _format_problem(result.to_json(), judged.logs.get(result.id))
    if verbosity > Verbosity.QUIET:
        yield from _format_artifacts(judged, is_whole=verbosity is Verbosity.VERBOSE)
    for path in judged.ignored:
        yield f"  warned  git ignores {path}: a commit will hold its hash, but not the file"


def _format_artifacts(judged: "JudgedGate", *, is_whole: bool) -> Iterator[str]:
    artifacts = judged.artifacts
    shown, digits = (len(artifacts), None) if is_whole else (_MAX_ARTIFACTS, _HASH_DIGITS)
    for artifact in artifacts[:shown]:
        yield f"  sha256  {artifact.sha256[:digits]}  {artifact.resolved_path}"
    if len(artifacts) > shown:
        yield f"  sha256  … and of {len(artifacts) - shown:,} more files"


def _format_problem(row: Mapping[str, Any], log: "Log | None") -> Iterator[str]:
    """The reason of a failed or warned check or script, the path of its program's output and the last lines of it."""
    fault = "failed" if not row["pass"] else "warned" if row.get("warning") else None
    if fault:
        yield f"  {fault}  {sanitize_line(row['reason'])}"
    if fault and log:
        if log.path:
            yield f"  output  {log.path}"
        for line in log.last_lines:
            yield f"        | {line}"


def find_next_command(workspace: "Workspace", run: "Run", after: str | None = None) -> str:
    """The next command of the run; `after` is the gate that was just finished or failed, if any."""
    from runner.workflows import next_command

    return next_command.find_next_command(workspace, run, after)


def _format_gate(gate: "Gate") -> Iterator[str]:
    yield f"  {style_status(gate.status, 11)}  {gate.gate} {gate.name}"
    for attempt in gate.attempts:
        yield f"    {_format_attempt(attempt)}"
        if attempt.failure_reason:
            yield f"      {sanitize_line(attempt.failure_reason)}"


def _format_attempt(attempt: "Attempt") -> str:
    when = f"{attempt.started_at} to {attempt.finished_at or 'now'}"
    return f"attempt {attempt.number}  {style_status(attempt.status)}  {when}  {attempt.agent}"


def format_age(seconds: int) -> str:
    """A duration in the largest suitable unit: `12 s`, `12 min`, `3 h`, `4 d`."""
    for unit_s, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= (2 if unit == "d" else 1) * unit_s:
            return f"{seconds // unit_s} {unit}"
    return f"{seconds} s"
