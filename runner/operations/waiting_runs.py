"""What waits for a person or an agent: of each unfinished run the gate where it goes on, and the next command.

With --json, for each run::

    {"run_id": "run_…", "status": "RUNNING", "workflow": "visual-essay", "slug": "…", "reason": "attempt_open",
     "gate": "G2", "attempt": 1, "agent": "…", "since": "…Z", "age_s": 10800, "stale": ["G1"], "next": "orch …"}
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Final, NamedTuple

from gate_tests.ages import elapsed_s
from gate_tests.errors import OrchError
from gate_tests.workspace.layout import Workspace
from runner import suggestions
from runner.models.attempt import Json
from runner.models.gate import Gate
from runner.models.run import Run
from runner.operations.output_changes import OutputChanges
from runner.operations.stale_gates import StaleGates
from runner.storage.file_lock import is_locked
from runner.storage.run_list import RunFilter, UnreadableRun, list_runs
from runner.storage.store import Store
from runner.workflows.next_command import find_current_gate, find_next_command
from runner.workflows.staleness import NOTHING_STALE

_MAX_COMPARED: Final = 50
"""The number of runs, the newest, whose outputs are compared with what their gates passed with."""

_MAX_OTHER_RUNS: Final = 300
"""Later passes of the same output are looked for in that many of the newest runs."""


class Reason(StrEnum):
    """Why a run waits."""

    ATTEMPT_OPEN = "attempt_open"
    GATE_FAILED = "gate_failed"
    GATE_NOT_STARTED = "gate_not_started"
    NOT_COMPLETED = "not_completed"
    """All its gates have passed."""
    UNREADABLE = "unreadable"


class WaitingRun(NamedTuple):
    """An unfinished run. `since`: the start of the open attempt, else the end of the last one, else the run's start.

    `gate`, `attempt` and `agent` are those of the open or the last attempt of the gate where it goes on; `stale` lists
    gates, None where the outputs were not compared.
    """

    run_id: str
    status: str
    workflow: str
    slug: str
    reason: Reason
    gate: str | None
    attempt: int | None
    agent: str | None
    since: str
    age_s: int | None
    stale: tuple[str, ...] | None
    next_command: str

    def to_json(self) -> Json:
        """The row in the module's docstring."""
        row = self._asdict() | {"reason": str(self.reason), "stale": None if self.stale is None else list(self.stale)}
        row["next"] = row.pop("next_command")
        return row


def list_waiting_runs(store: Store, now: str) -> Iterator[WaitingRun | UnreadableRun]:
    """All unfinished runs that wait, and those that cannot be read, newest first."""
    compared = 0
    for listed in list_runs(store.workspace, store.read, RunFilter()):
        if isinstance(listed, UnreadableRun):
            yield listed
        elif not listed.is_completed:
            try:
                run = store.read(listed.run_id)
            except OrchError as error:
                yield UnreadableRun(listed.run_id, error)
                continue
            if waiting := find_waiting_run(store.workspace, run, now, compares_outputs=compared < _MAX_COMPARED):
                compared += 1
                yield waiting


def find_waiting_run(workspace: Workspace, run: Run, now: str, *, compares_outputs: bool = True) -> WaitingRun | None:
    """Where the run waits; None if it is completed, or an agent that a pipeline has started works on it now."""
    if run.finished_at or is_locked(workspace.root / workspace.run_path(run.run_id)):
        return None
    gate = find_current_gate(run)
    last = gate.attempts[-1] if gate and gate.attempts else None
    since = _find_since(run, gate)
    outputs = OutputChanges(workspace, run, skips_large=True, other_runs=_MAX_OTHER_RUNS)
    staleness = StaleGates(workspace, run, outputs) if compares_outputs else None
    return WaitingRun(
        run_id=run.run_id,
        status=str(run.status),
        workflow=run.workflow.name,
        slug=run.workflow.slug,
        reason=_find_reason(gate),
        gate=gate.gate if gate else None,
        attempt=last.number if last else None,
        agent=last.agent if last else None,
        since=since,
        age_s=elapsed_s(since, now),
        stale=tuple(staleness.list_stale()) if staleness else None,
        next_command=_find_next(workspace, run, staleness),
    )


def _find_next(workspace: Workspace, run: Run, staleness: StaleGates | None) -> str:
    try:
        return find_next_command(workspace, run, staleness=staleness or NOTHING_STALE)
    except OrchError:  # what is wrong with a file is reported there
        return suggestions.show_status(run.run_id)


def _find_reason(gate: Gate | None) -> Reason:
    if gate is None:
        return Reason.NOT_COMPLETED
    if gate.open_attempt:
        return Reason.ATTEMPT_OPEN
    return Reason.GATE_FAILED if gate.attempts else Reason.GATE_NOT_STARTED


def _find_since(run: Run, gate: Gate | None) -> str:
    if gate and gate.attempts:
        return gate.attempts[-1].finished_at or gate.attempts[-1].started_at
    ended = [attempt.finished_at for each in run.gates for attempt in each.attempts if attempt.finished_at]
    return max(ended, default=run.started_at)
