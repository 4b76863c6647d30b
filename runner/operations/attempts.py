"""What happens at a gate without judging it: an attempt is started, or closed as failed."""

from gate_tests.compiler.gate import CompiledGate, compile_gate
from gate_tests.compiler.loader import is_blocking, load_contract
from runner.models import transitions
from runner.models.attempt import Attempt, Baseline, ContractRef
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.models.transitions import Closing, Start
from runner.storage.store import Store


def start_gate(
    store: Store,
    run_id: str,
    gate_id: str,
    agent: str,
    now: str,
    *,
    prompt_sha256: str | None = None,
    abandon: bool = False,
    force: str | None = None,
) -> Run:
    """Opens an attempt and notes what stands already. Raises Refused, InvalidFile.

    `force` is the reason to start though the workflow's conditions are not met; where they are, it says nothing.
    """
    from runner.workflows.prerequisites import Prerequisites

    run = store.read(run_id)
    compiled = compile_for(store, run, gate_id)
    opening = Attempt(
        number=0,
        status=GateStatus.RUNNING,
        started_at=now,
        agent=agent,
        prompt_sha256=prompt_sha256,
        required_outputs=tuple(output.template for output in compiled.outputs),
        contract=ContractRef(compiled.contract.document.path, compiled.contract.document.sha256),
        baseline=_baseline(store, compiled),
    )
    conditions = Prerequisites.of(store.workspace, run)

    def start(run: Run) -> Run:
        refusal = conditions.refusal(run, gate_id, agent)
        return transitions.start_attempt(
            run, gate_id, opening, Start(compiled.contract.blocking, abandon, refusal, force)
        )

    return store.change(run_id, start)


def fail_gate(store: Store, run_id: str, gate_id: str, reason: str, now: str) -> Run:
    """Closes the open attempt as FAIL without judging it, or adds one that says so."""
    store.read(run_id).gate(gate_id)
    closing = Closing(now, reason, is_blocking(store.workspace, gate_id))
    return store.change(run_id, lambda run: transitions.fail_gate(run, gate_id, closing))


def compile_for(store: Store, run: Run, gate_id: str) -> CompiledGate:
    """The gate as it would be judged in this run. Raises Refused, InvalidFile."""
    run.gate(gate_id)
    contract = load_contract(store.workspace, gate_id)
    return compile_gate(store.workspace, contract, run.context())


def _baseline(store: Store, compiled: CompiledGate) -> Baseline:
    artifacts = compiled.artifacts(store.workspace.root)
    seen = [artifacts.read(output.path) for output in compiled.outputs]
    outputs = tuple((artifact.path, artifact.sha256) for artifact in seen if artifact.is_file)
    return Baseline(compiled.contract.document.sha256, outputs)
