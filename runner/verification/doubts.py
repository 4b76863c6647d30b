"""What makes a reader doubt a PASS. None of it proves anything: work may be quick, and an agent may do two things."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from runner.models.attempt import Attempt
from runner.models.gate import Gate
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.models.timestamps import subtract_milliseconds
from runner.verification.file_status import FileReport, FileStatus
from runner.workflows.agent_names import is_same_agent

_AT_ONCE_MS: Final = 1000
"""Gates that all passed within this time were hardly worked on one after the other."""


def find_doubts(run: Run, files: Sequence[FileReport], audits: Iterable[tuple[str, str]]) -> list[str]:
    """The doubts about the gates that have passed, a line each. `audits`: (gate, gate whose work it audits)."""
    passed = {gate.gate: gate for gate in run.gates if gate.has_passed}
    return [
        *(doubt for gate in passed.values() for doubt in _find_gate_doubts(gate, files)),
        *_find_haste(list(passed.values())),
        *_find_own_audits(passed, audits),
    ]


def _find_gate_doubts(gate: Gate, files: Sequence[FileReport]) -> Iterator[str]:
    attempt, where = gate.attempts[-1], f"{gate.gate} attempt {gate.attempts[-1].number}"
    first = _list_since_last_pass(gate)[0]
    if _changed_nothing(gate, attempt):
        yield f"{where}: its outputs are those that existed before it started"
    modified_at = [
        file.present.modified_at
        for file in files
        if file.attempt.gate == gate.gate
        and file.file.read_by is None
        and file.status is FileStatus.OK
        and file.present
    ]
    known = [each for each in modified_at if each is not None]
    newest = _format_time(max(known)) if known and len(known) == len(modified_at) else first.started_at
    if newest < first.started_at:
        since = f"attempt {first.number}, which started at {first.started_at}"
        yield f"{where}: its outputs are older ({newest}) than {since}"


def _list_since_last_pass(gate: Gate) -> Sequence[Attempt]:
    """The attempts that led to the last PASS: what was done between them is work as well."""
    earlier = [number for number, each in enumerate(gate.attempts[:-1], 1) if each.status is GateStatus.PASS]
    return gate.attempts[max(earlier, default=0) :]


def _changed_nothing(gate: Gate, attempt: Attempt) -> bool:
    """Whether the outputs are those of the first baseline since the gate passed before."""
    baseline = next((each.baseline for each in _list_since_last_pass(gate) if each.baseline), None)
    return bool(baseline and baseline.outputs and set(attempt.artifact_hashes) == set(baseline.outputs))


def _format_time(seconds: float) -> str:
    """The end of the second, so that a file system that knows only seconds does not make a file older than it is."""
    return f"{datetime.fromtimestamp(int(seconds), UTC):%Y-%m-%dT%H:%M:%S}.999Z"


def _find_haste(gates: Sequence[Gate]) -> Iterator[str]:
    if len(gates) < 2:
        return
    ends = [gate.attempts[-1].finished_at or "" for gate in gates]
    started = min(_list_since_last_pass(gate)[0].started_at for gate in gates)
    if subtract_milliseconds(max(ends), _AT_ONCE_MS) <= started:
        yield f"all {len(gates)} gates that passed were started and finished within a second, at {started}"


def _find_own_audits(passed: dict[str, Gate], audits: Iterable[tuple[str, str]]) -> Iterator[str]:
    for auditor, audited in audits:
        if auditor in passed and audited in passed:
            agents = [passed[gate].attempts[-1].agent for gate in (auditor, audited)]
            if is_same_agent(*agents):
                yield f"{auditor}: audits {audited}, and both were done by {agents[0]}"
