"""Runs, gates and attempts as people read them."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import click

from gate_tests.sanitize import plain
from runner.cli.terminal.verbosity import Verbosity
from runner.models.status import GateStatus, RunStatus

_COLOURS = {
    GateStatus.PASS: "green",
    GateStatus.FAIL: "red",
    GateStatus.RUNNING: "yellow",
    RunStatus.PASSED: "green",
    RunStatus.FAILED: "red",
    RunStatus.RUNNING: "yellow",
}


@cache
def status_word(status: GateStatus | RunStatus, width: int = 0) -> str:
    """A status in its colour."""
    return click.style(f"{status:<{width}}", fg=_COLOURS.get(status), bold=True)


if TYPE_CHECKING:
    from gate_tests.workspace.layout import Workspace
    from runner.models.attempt import Attempt
    from runner.models.run import Gate, Run
    from runner.operations.judged_gate import JudgedGate
    from runner.operations.programs import Log

_HASH_SHOWN = 12  # hexadecimal digits of a SHA-256 that a person compares
_ARTIFACTS_SHOWN = 100


def run_lines(run: "Run") -> Iterator[str]:
    """`orch run show`."""
    yield f"{run.run_id}  {status_word(run.status)}"
    yield f"  workflow       {plain(run.workflow.name)} {plain(run.workflow.version)}"
    yield f"  slug           {run.workflow.slug}"
    yield f"  artifact path  {run.workflow.artifact_path}"
    yield f"  depth          {run.depth}"
    if run.prompt:
        yield f"  prompt         {plain(run.prompt.file)} ({run.prompt.sha256[:_HASH_SHOWN]})"
    yield f"  started        {plain(run.started_at)}"
    yield f"  finished       {plain(run.finished_at or 'not yet')}"
    yield from (f"  forced         {line}" for line in _forced(run))
    for gate in run.gates:
        yield from _gate_lines(gate)


def forced_line(run: "Run") -> str | None:
    """What the attempt that was started last was started in spite of; None where nothing spoke against it."""
    last_two = run.events.column("type")[-2:]
    return f"forced: {_forced(run)[-1]}" if [*last_two] == ["FORCED", "GATE_STARTED"] else None


def _forced(run: "Run") -> list[str]:
    if "FORCED" not in run.events.column("type"):  # a large record is not read event by event
        return []
    told = [event.data for event in run.events if event.type == "FORCED"]
    return [plain(f"{data.get('gate')}: {data.get('reason')} ({data.get('message')})") for data in told]


def finished_lines(judged: "JudgedGate", record: str, verbosity: Verbosity = Verbosity.USUAL) -> Iterator[str]:
    """What `orch gate finish` says after pytest: the verdict, why, and where it stands."""
    yield from _verdict_lines(judged, f"attempt {judged.gate.attempts[-1].number}", verbosity)
    if verbosity > Verbosity.QUIET:
        yield f"  record  {record}"


def checked_lines(judged: "JudgedGate", verbosity: Verbosity = Verbosity.USUAL) -> Iterator[str]:
    """What `orch gate check` says after pytest."""
    yield from _verdict_lines(judged, "as it stands, nothing recorded", verbosity)
    if verbosity > Verbosity.QUIET:
        yield from _notes(judged)


def _notes(judged: "JudgedGate") -> Iterator[str]:
    if judged.compiled.scripts:
        yield "  note    the pre_scripts of its contract were not run; gate finish runs them"
    if judged.is_another_contract_than_begun_with:
        number = judged.gate.attempts[-1].number
        yield f"  note    the contract was changed after attempt {number} began; finish wants --accept-contract"


def _verdict_lines(judged: "JudgedGate", about: str, verbosity: Verbosity) -> Iterator[str]:
    depth = judged.run.depth  # thresholds follow it, and nothing but the record says it
    yield f"{status_word(judged.status)}  {judged.gate.gate} {plain(judged.gate.name)}, {about} (depth {depth})"
    for script in judged.scripts:
        yield from _fault_lines(script.to_json(), script.log)
    for row in judged.verdict.validations:
        yield from _fault_lines(row, judged.logs.get(row["id"]))
    if verbosity > Verbosity.QUIET:
        yield from _artifact_lines(judged, is_whole=verbosity is Verbosity.VERBOSE)
    for path in judged.ignored:
        yield f"  warned  git ignores {plain(path)}: a commit will hold its hash, but not the file"


def _artifact_lines(judged: "JudgedGate", *, is_whole: bool) -> Iterator[str]:
    artifacts = judged.artifacts
    shown, digits = (len(artifacts), None) if is_whole else (_ARTIFACTS_SHOWN, _HASH_SHOWN)
    for artifact in artifacts[:shown]:
        yield f"  sha256  {artifact.sha256[:digits]}  {plain(artifact.resolved_path)}"
    if len(artifacts) > shown:
        yield f"  sha256  … and of {len(artifacts) - shown:,} more files"


def _fault_lines(row: Mapping[str, Any], log: "Log | None") -> Iterator[str]:
    """Why a check or script did not hold, if so; where the output of its program stands, and how that ends."""
    fault = "failed" if not row["pass"] else "warned" if row.get("warning") else None
    if fault:
        yield f"  {fault}  {plain(row['reason'])}"
    if fault and log:
        yield f"  output  {log.path}"
        for line in log.last_lines:
            yield f"        | {plain(line)}"


def next_command(workspace: "Workspace", run: "Run", after: str | None = None) -> str:
    """The command that goes on with the run, after a gate that was just finished or failed if one was."""
    from runner.workflows import next_command as workflows

    return workflows.next_command(workspace, run, after)


def _gate_lines(gate: "Gate") -> Iterator[str]:
    yield f"  {status_word(gate.status, 11)}  {gate.gate} {plain(gate.name)}"
    for attempt in gate.attempts:
        yield f"    {_attempt_line(attempt)}"


def _attempt_line(attempt: "Attempt") -> str:
    when = f"{plain(attempt.started_at)} to {plain(attempt.finished_at or 'now')}"
    line = f"attempt {attempt.number}  {status_word(attempt.status)}  {when}  {plain(attempt.agent)}"
    return f"{line}\n      {plain(attempt.failure_reason)}" if attempt.failure_reason else line


def in_words(seconds: int) -> str:
    """So long, in the unit that one would use: `12 s`, `12 min`, `3 h`, `4 d`."""
    for unit_s, unit in ((86_400, "d"), (3600, "h"), (60, "min")):
        if seconds >= (2 if unit == "d" else 1) * unit_s:
            return f"{seconds // unit_s} {unit}"
    return f"{seconds} s"
