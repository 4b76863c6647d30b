"""Starts an attempt at a gate, or closes one as failed without judging it."""

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
    """Opens an attempt and records which declared outputs exist already. Raises Refused, InvalidFile.

    `force` is the reason to start although the workflow's prerequisites are not met; ignored where they are.
    """
    from runner.workflows.prerequisites import Prerequisites

    run = store.read(run_id)
    compiled = compile_run_gate(store, run, gate_id)
    opening = Attempt(
        number=0,
        status=GateStatus.RUNNING,
        started_at=now,
        agent=agent,
        prompt_sha256=prompt_sha256,
        required_outputs=tuple(output.template for output in compiled.outputs),
        contract=ContractRef(compiled.contract.document.path, compiled.contract.document.sha256),
        baseline=_take_baseline(store, compiled),
    )
    prerequisites = Prerequisites.of(store.workspace, run)

    def start(run: Run) -> Run:
        violation = prerequisites.find_violation(run, gate_id, agent)
        return transitions.start_attempt(
            run, gate_id, opening, Start(compiled.contract.blocking, abandon, violation, force)
        )

    return store.change(run_id, start)


def fail_gate(store: Store, run_id: str, gate_id: str, reason: str, now: str) -> Run:
    """Closes the open attempt as FAIL without judging it; where none is open, adds a failed one."""
    store.read(run_id).gate(gate_id)
    closing = Closing(now, reason, is_blocking(store.workspace, gate_id))
    return store.change(run_id, lambda run: transitions.fail_gate(run, gate_id, closing))


def compile_run_gate(store: Store, run: Run, gate_id: str) -> CompiledGate:
    """Compiles a gate's contract for this run. Raises Refused, InvalidFile."""
    run.gate(gate_id)
    contract = load_contract(store.workspace, gate_id)
    return compile_gate(store.workspace, contract, run.context())


def _take_baseline(store: Store, compiled: CompiledGate) -> Baseline:
    artifacts = compiled.artifacts(store.workspace.root)
    declared = [artifacts.read(output.path) for output in compiled.outputs]
    outputs = tuple((artifact.path, artifact.sha256) for artifact in declared if artifact.is_file)
    return Baseline(compiled.contract.document.sha256, outputs)
