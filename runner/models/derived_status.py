"""The status of a run as it follows from its gates and its events."""

from collections.abc import Collection

from runner.models.event import EventType
from runner.models.run import Run
from runner.models.status import FINAL_STATUSES, GateStatus, RunStatus


def status_of_gates(run: Run) -> RunStatus:
    """That of a run that is completed without one: FAILED if a gate failed, PASSED if all passed, else CANCELED."""
    statuses = {gate.status for gate in run.gates}
    if GateStatus.FAIL in statuses:
        return RunStatus.FAILED
    return RunStatus.PASSED if statuses == {GateStatus.PASS} else RunStatus.CANCELED


def replay_status(run: Run, blocking: Collection[tuple[str, int]]) -> RunStatus:
    """The status of a run by its events in order; only the completion that matches `finished_at` counts.

    `blocking` has the gate and number of each attempt whose failure fails the run.
    """
    status = RunStatus.QUEUED
    for event in run.events:
        if event.type in (EventType.GATE_STARTED, EventType.RUN_RESUMED):
            status = RunStatus.RUNNING
        elif event.type == EventType.GATE_FAILED and (event.data.get("gate"), event.data.get("attempt")) in blocking:
            status = RunStatus.FAILED
        elif event.type == EventType.RUN_COMPLETED and event.timestamp == run.finished_at:
            recorded = event.data.get("status")
            return RunStatus(recorded) if recorded in FINAL_STATUSES else final_status(run)
    return status


def final_status(run: Run) -> RunStatus:
    """The status of a completed run: its own, or if a run cannot end with that, the one that follows from its gates."""
    return run.status if run.status in FINAL_STATUSES else status_of_gates(run)
