"""A small run to work on: two gates, G1 and G2, and what happens at them."""

from gate_tests.workspace.names import Depth
from runner import lifecycle
from runner.attempt import Attempt, Baseline, GateStatus
from runner.events import run_started
from runner.lifecycle import Closing, Start
from runner.record import Gate, Run, RunStatus, WorkflowRef

RUN_ID = "run_20261122T093000Z_tea_abc123"
AT = "2026-11-22T09:30:00.000Z"
LATER = "2026-11-22T10:00:00.000Z"


def new_run() -> Run:
    return Run(
        run_id=RUN_ID,
        workflow=WorkflowRef("tests", "1", "tea", "out/grüner-tee"),
        depth=Depth.QUICK,
        status=RunStatus.QUEUED,
        started_at=AT,
        gates=(Gate("G1", "One"), Gate("G2", "Two")),
    ).with_event(run_started(AT, "tests", "tea"))


def start(run: Run, gate: str = "G1", *, abandon: bool = False) -> Run:
    opening = Attempt(0, GateStatus.RUNNING, AT, "maker", baseline=Baseline("0" * 64, ()))
    return lifecycle.start_attempt(run, gate, opening, Start(blocking=True, abandon=abandon))


def finish(run: Run, gate: str = "G1") -> Run:
    return lifecycle.close_attempt(run, gate, lifecycle.open_attempt(run, gate), Closing(LATER, None, True))


def fail(run: Run, gate: str = "G1") -> Run:
    return lifecycle.fail_gate(run, gate, Closing(LATER, "two leaves were made up", True))
