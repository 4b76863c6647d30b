"""Starts an attempt at a gate, or closes one as failed without judging it."""

from collections.abc import Callable

from gate_tests.compiler.gate import CompiledGate, compile_gate
from gate_tests.compiler.loader import is_blocking, load_contract
from gate_tests.errors import Refused
from gate_tests.files.artifacts import PathKind
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.run_context import Hashes
from runner import suggestions
from runner.models import transitions
from runner.models.attempt import Attempt
from runner.models.baseline import Baseline, ContractRef
from runner.models.context import AttemptContext
from runner.models.run import Run
from runner.models.status import GateStatus
from runner.models.transitions import Closing, Start
from runner.operations.gate_rules import read_rules
from runner.storage.store import Store
from runner.workflows.staleness import NOTHING_STALE, Staleness


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
    accept_contract: bool = False,
    on_compiled: Callable[[CompiledGate], object] = lambda _: None,
) -> Run:
    """Opens an attempt and records which declared outputs exist already. Raises Refused, InvalidFile.

    Those that cannot be hashed, or not within `limits.check_s` for all, are recorded without a hash; the store says
    which.
    `force` is the reason to start although the workflow's prerequisites are not met; ignored where they are.
    `accept_contract`: a person accepts that contract or workflow differ from the pins of the run.
    `on_compiled` receives the gate as it was compiled for the run.
    """
    from runner.workflows.gate_command import GateCommands
    from runner.workflows.prerequisites import Prerequisites

    run = store.read(run_id)
    compiled = compile_run_gate(store, run, gate_id)
    on_compiled(compiled)
    prerequisites = Prerequisites.of(store.workspace, run)
    staleness = _compare_passed_gates(store.workspace, run)
    rules = read_rules(store.workspace, compiled, prerequisites.file)
    context = run.attempt_context
    outputs, unread = _hash_outputs(store, compiled)
    opening = Attempt(
        number=0,
        status=GateStatus.RUNNING,
        started_at=now,
        agent=agent,
        prompt_sha256=prompt_sha256,
        required_outputs=tuple(output.template for output in compiled.outputs),
        context=context,
        blocking=compiled.contract.blocking,
        contract=ContractRef(compiled.contract.document.path, compiled.contract.document.sha256),
        baseline=Baseline(compiled.contract.document.sha256, outputs, context, rules.schemas, tuple(unread)),
    )

    def start(run: Run) -> Run:
        refuse_other_context(context, run, "while it was started", suggestions.start_gate(run_id, gate_id, agent))
        commands = GateCommands(store.workspace, run)
        violation = prerequisites.find_violation(run, gate_id, agent, commands.beside(gate_id), staleness)
        return transitions.start_attempt(
            run,
            gate_id,
            opening,
            Start(compiled.contract.blocking, abandon, violation, force, rules, accept_contract),
        )

    started = store.change(run_id, start)
    if unread:
        problems = ", ".join(f"{path} ({detail})" for path, detail in unread.items())
        store.lock_wait.say(f"left out of the baseline: {problems}")
    return started


def _compare_passed_gates(workspace: Workspace, run: Run) -> Staleness:
    """Which gates are stale, large files included."""
    if not run.gates_passed:
        return NOTHING_STALE
    from runner.operations.output_changes import OutputChanges
    from runner.operations.stale_gates import StaleGates

    return StaleGates(workspace, run, OutputChanges(workspace, run))


def fail_gate(store: Store, run_id: str, gate_id: str, reason: str, now: str) -> Run:
    """Closes the open attempt as FAIL without judging it; where none is open, adds a failed one."""
    run = store.read(run_id)
    closing = Closing(now, reason, is_blocking_in(store.workspace, run, gate_id))
    return store.change(run_id, lambda run: transitions.fail_gate(run, gate_id, closing))


def has_changed_outputs(store: Store, run_id: str, gate_id: str) -> bool:
    """Whether the declared outputs may differ from those that existed when the open attempt started.

    True where that is not known: the gate declares none, or some were not hashed. Raises Refused, InvalidFile.
    """
    run = store.read(run_id)
    attempt, compiled = run.gate(gate_id).open_attempt, compile_run_gate(store, run, gate_id)
    if attempt is None or attempt.baseline is None or attempt.baseline.unread or not compiled.outputs:
        return True
    outputs, unread = _hash_outputs(store, compiled)
    return bool(unread) or set(outputs) != set(attempt.baseline.outputs)


def compile_run_gate(store: Store, run: Run, gate_id: str) -> CompiledGate:
    """Compiles a gate's contract for this run. Raises Refused, InvalidFile."""
    run.gate(gate_id)
    contract = load_contract(store.workspace, gate_id)
    return compile_gate(store.workspace, contract, run.context())


def is_blocking_in(workspace: Workspace, run: Run, gate_id: str) -> bool:
    """Whether a failure of the gate fails this run.

    Of a gate that failed, as its attempt recorded it; else as its contract says, unless that is not the pinned one.
    """
    attempt = run.gate(gate_id).last_attempt
    if attempt and not attempt.is_open and attempt.blocking is not None:
        return attempt.blocking
    judged = attempt.latest_contract_sha256 if attempt else None
    return is_blocking(workspace, gate_id, judged or (run.pins.contracts.get(gate_id) if run.pins else None))


def refuse_other_context(context: AttemptContext, run: Run, when: str, next_command: str) -> None:
    """Raises Refused unless `run` still has this context."""
    if changes := ", ".join(context.find_changes(run.attempt_context)):
        raise record_changed_error(run, when, changes, next_command)


def record_changed_error(run: Run, when: str, changes: str, next_command: str) -> Refused:
    """The refusal to go on with a record that somebody changed, `changes` in words."""
    return Refused(f"the record of run {run.run_id} changed {when}: {changes}", next_command=next_command)


def _hash_outputs(store: Store, compiled: CompiledGate) -> tuple[Hashes, dict[str, str | None]]:
    """The path and hash of each declared output that exists, and the path of each that was not hashed, with why."""
    artifacts = compiled.artifacts(store.workspace.root)
    artifacts.limit_time(compiled.contract.limits.check_s)
    found = compiled.find_output_files(artifacts)
    declared = [artifacts.read(path) for path in found.paths]
    hashed = tuple((artifact.path, artifact.sha256) for artifact in declared if artifact.is_file)
    unreadable = {each.path: each.detail for each in declared if each.kind is PathKind.UNREADABLE}
    return hashed, {**found.omitted, **unreadable}
