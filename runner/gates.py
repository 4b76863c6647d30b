"""What happens at a gate: an attempt is started, finished by judging it, or closed as failed."""

from collections.abc import Callable
from dataclasses import replace
from typing import TextIO

from gate_tests.compile import CompiledGate, compile_gate
from gate_tests.errors import Refused
from gate_tests.judge import Verdict, judge
from gate_tests.judgement import Judgement
from gate_tests.load import load_contract
from runner import lifecycle
from runner.attempt import Artifact, Attempt, Baseline, ContractRef, GateStatus, Json
from runner.blocking import is_blocking
from runner.lifecycle import Closing
from runner.record import Run
from runner.store import Store


def start_gate(
    store: Store,
    run_id: str,
    gate_id: str,
    agent: str,
    now: str,
    *,
    prompt_sha256: str | None = None,
    abandon: bool = False,
) -> Run:
    """Opens an attempt and notes what stands already. Raises Refused, InvalidFile."""
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
    blocking = compiled.contract.blocking
    return store.change(
        run_id, lambda run: lifecycle.start_attempt(run, gate_id, opening, abandon=abandon, blocking=blocking)
    )


def finish_gate(store: Store, run_id: str, gate_id: str, clock: Callable[[], str], output: TextIO) -> Run:
    """Judges the open attempt and records the verdict. pytest prints to `output`. Raises an OrchError.

    A second finish of the same gate waits, then finds its attempt closed and is refused.
    """
    with store.gate_lock(run_id, gate_id):
        return _judge_and_close(store, run_id, gate_id, clock, output)


def _judge_and_close(store: Store, run_id: str, gate_id: str, clock: Callable[[], str], output: TextIO) -> Run:
    from runner.git import GitQuestion

    run = store.read(run_id)
    attempt = lifecycle.open_attempt(run, gate_id)
    judgement = Judgement(store.workspace, run.context(attempt.number), (gate_id,))
    with GitQuestion(store.workspace.root) as git:
        (verdict,) = judge(judgement, output)
        state = git.answer()
    compiled = judgement.compiled(gate_id)
    closing = Closing(clock(), verdict.failure_reason, compiled.contract.blocking)

    def close(run: Run) -> Run:
        still_open = lifecycle.open_attempt(run, gate_id)
        if (still_open.number, still_open.started_at) != (attempt.number, attempt.started_at):
            raise Refused(f"attempt {attempt.number} of gate {gate_id} was closed by somebody else while it was judged")
        return lifecycle.close_attempt(run, gate_id, _filled(still_open, compiled, verdict, state), closing)

    return store.change(run_id, close)


def fail_gate(store: Store, run_id: str, gate_id: str, reason: str, now: str) -> Run:
    """Closes the open attempt as FAIL without judging it, or adds one that says so."""
    store.read(run_id).gate(gate_id)
    closing = Closing(now, reason, is_blocking(store.workspace, gate_id))
    return store.change(run_id, lambda run: lifecycle.fail_gate(run, gate_id, closing))


def compile_for(store: Store, run: Run, gate_id: str) -> CompiledGate:
    """The gate as it would be judged in this run. Raises Refused, InvalidFile."""
    run.gate(gate_id)
    contract = load_contract(store.workspace, gate_id)
    return compile_gate(store.workspace, contract, run.context())


def _filled(attempt: Attempt, compiled: CompiledGate, verdict: Verdict, git: Json | None) -> Attempt:
    """The attempt with all that its verdict tells."""
    return replace(
        attempt,
        required_outputs=tuple(output.template for output in compiled.outputs),
        artifacts=tuple(
            Artifact(output.template, output.path, output.sha256, output.size_bytes, output.optional)
            for output in verdict.outputs
        ),
        validations=verdict.validations,
        contract=ContractRef(verdict.contract_path, verdict.contract_sha256),
        runner=_versions(verdict),
        git=git,
        absent=frozenset(),
    )


def _versions(verdict: Verdict) -> Json:
    from platform import python_version

    return {"orch": own_version(), "python": python_version(), "pytest": verdict.pytest_version}


def own_version() -> str:
    """The version of the installed distribution; `0+checkout` where `orch` runs from a bare checkout."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("orch-runner")
    except PackageNotFoundError:
        return "0+checkout"


def _baseline(store: Store, compiled: CompiledGate) -> Baseline:
    artifacts = compiled.artifacts(store.workspace)
    seen = [artifacts.read(output.path) for output in compiled.outputs]
    outputs = tuple((artifact.path, artifact.sha256) for artifact in seen if artifact.is_file)
    return Baseline(compiled.contract.document.sha256, outputs)
