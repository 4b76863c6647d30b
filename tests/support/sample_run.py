"""A small run for tests: two gates, G1 and G2, and transitions at them."""

from gate_tests.checks.result import CheckResult, CheckStatus
from gate_tests.contract import Severity
from gate_tests.workspace.names import Depth
from runner.models import transitions
from runner.models.artifact import Artifact
from runner.models.attempt import Attempt
from runner.models.baseline import Baseline, ContractRef
from runner.models.event import run_started
from runner.models.gate import Gate
from runner.models.run import Run, WorkflowRef
from runner.models.status import GateStatus, RunStatus
from runner.models.transitions import Closing, Start

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
    context = run.attempt_context
    opening = Attempt(
        0, GateStatus.RUNNING, AT, "maker", context=context, blocking=True, baseline=Baseline("0" * 64, (), context)
    )
    return transitions.start_attempt(run, gate, opening, Start(blocking=True, abandon=abandon))


def finish(run: Run, gate: str = "G1", artifacts: tuple[Artifact, ...] = ()) -> Run:
    """Close the open attempt as passed, with one check."""
    row = CheckResult("a", "file_exists", "a.md", "a.md", Severity.ERROR, CheckStatus.PASSED, "", {})
    attempt = transitions.require_open_attempt(run, gate)._replace(
        contract=ContractRef(f"orchestration/gates/contracts/{gate}.contract.json", "0" * 64),
        required_outputs=tuple(artifact.path for artifact in artifacts),
        artifacts=artifacts,
        validations=(row,),
    )
    return transitions.close_attempt(run, gate, attempt, Closing(LATER, None, True))


def fail(run: Run, gate: str = "G1") -> Run:
    return transitions.fail_gate(run, gate, Closing(LATER, "two leaves were made up", True))
