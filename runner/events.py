"""The events of a run, each told in one way wherever it is told."""

from runner.attempt import Attempt, GateStatus
from runner.journal import Event, Invocation


def run_started(at: str, workflow: str, slug: str) -> Event:
    """The run was created."""
    return Event(at, "RUN_STARTED", {"message": f"Run started: {workflow}/{slug}"})


def gate_started(gate: str, attempt: Attempt) -> Event:
    """The attempt was opened."""
    message = f"Gate {gate} attempt {attempt.number} started with agent {attempt.agent}"
    told = {"gate": gate, "attempt": attempt.number, "agent": attempt.agent, "message": message}
    return Event(attempt.started_at, "GATE_STARTED", told)


def forced(at: str, gate: str, reason: str, overridden: str) -> Event:
    """The attempt that is started next is started though its workflow forbids it."""
    return Event(at, "FORCED", {"gate": gate, "reason": reason, "message": f"Gate {gate} forced: {overridden}"})


def gate_closed(gate: str, attempt: Attempt) -> Event:
    """The attempt was finished, or closed as failed."""
    passed = attempt.status is GateStatus.PASS
    message = f"Gate {gate} passed" if passed else f"Gate {gate} failed: {attempt.failure_reason}"
    told = {"gate": gate, "attempt": attempt.number, "message": message}
    return Event(attempt.finished_at or attempt.started_at, "GATE_PASSED" if passed else "GATE_FAILED", told)


def invocation_recorded(at: str, invocation: Invocation) -> Event:
    """An agent's invocation was reported."""
    told = {"invocation_id": invocation.invocation_id, "gate": invocation.gate, "agent": invocation.agent}
    return Event(at, "INVOCATION_RECORDED", told)


def run_completed(at: str, status: str) -> Event:
    """The run was ended."""
    return Event(at, "RUN_COMPLETED", {"status": status, "message": f"Run completed: {status}"})


def run_resumed(at: str, before: str) -> Event:
    """A run that had failed or was ended goes on."""
    return Event(at, "RUN_RESUMED", {"message": f"Run resumed; it was {before}"})
