"""The packet for a gate of a run that nobody has recorded."""

from gate_tests.compiler.gate import compile_gate
from gate_tests.compiler.loader import load_contract
from gate_tests.workspace.names import Depth
from runner.models.gate import Gate
from runner.models.run import Run, WorkflowRef
from runner.models.status import RunStatus
from runner.pipeline.prompt_packet import PacketRequest, compose_packet
from runner.workflows.definition import load_workflow
from tests.support.repository import ARTIFACTS, SLUG, Repository

RUN_ID = f"run_20261122T093000Z_{SLUG}_abc123"


def packet(
    repository: Repository,
    gate: str = "G2",
    *,
    depth: Depth = Depth.STANDARD,
    workflow: str = "visual-essay",
    prompt_text: str = "Where does the word come from?",
    variables: dict[str, str] | None = None,
) -> str:
    """The packet for a gate of a run that nobody has recorded."""
    steps = load_workflow(repository.workspace, workflow)
    run = Run(
        run_id=RUN_ID,
        workflow=WorkflowRef(workflow, steps.version, SLUG, ARTIFACTS, variables or {}),
        depth=depth,
        status=RunStatus.QUEUED,
        started_at="2026-11-22T09:30:00.000Z",
        gates=tuple(Gate(step.gate, step.name) for step in steps.gates),
    )
    compiled = compile_gate(repository.workspace, load_contract(repository.workspace, gate), run.context())
    step = next(step for step in steps.gates if step.gate == gate)
    return compose_packet(repository.workspace, PacketRequest(run, step, compiled, 3, prompt_text))
