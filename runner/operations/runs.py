"""Starts and completes runs."""

from typing import NamedTuple

from gate_tests.compiler.loader import is_blocking
from gate_tests.errors import GateFailed, Refused
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth, check_slug
from runner import suggestions
from runner.models import transitions
from runner.models.context import Pins
from runner.models.derived_status import status_of_gates
from runner.models.event import run_started
from runner.models.gate import Gate
from runner.models.ids import new_run_id
from runner.models.run import Prompt, Run, WorkflowRef
from runner.models.status import RunStatus
from runner.operations.attempts import is_blocking_in
from runner.operations.gate_rules import hash_file
from runner.storage.rule_agreement import check_against_rules
from runner.storage.store import Store
from runner.workflows.definition import Workflow
from runner.workflows.staleness import describe_stale


class RunRequest(NamedTuple):
    """The parameters of a new run. `artifact_path` None: the workflow's default."""

    workflow: Workflow
    slug: str
    artifact_path: str | None
    depth: Depth
    prompt: Prompt | None = None


def start_run(store: Store, request: RunRequest, now: str) -> Run:
    """Creates a run with every gate of its workflow NOT_STARTED. Raises Refused."""
    run = plan_run(store.workspace, request, now)
    store.create(run)
    return run


def plan_run(workspace: Workspace, request: RunRequest, now: str) -> Run:
    """Builds the run without creating it. Raises Refused."""
    workflow, slug = request.workflow, check_slug(request.slug)
    requested = request.artifact_path
    if requested is not None and requested.startswith("~"):  # no shell expands it in --artifact-path=~/x
        raise Refused(f"artifact path {requested!r} begins with '~'; it must be relative to the root")
    if requested is None:
        requested = workflow.expand_artifact_path(slug, request.depth)
    artifact_path = workspace.confine(requested, "artifact path")
    variables = workflow.bind_variables(slug, artifact_path, request.depth)
    return Run(
        run_id=new_run_id(slug, now),
        workflow=WorkflowRef(workflow.name, workflow.version, slug, artifact_path, variables),
        depth=request.depth,
        prompt=request.prompt,
        pins=_pin_rules(workspace, workflow),
        status=RunStatus.QUEUED,
        started_at=now,
        gates=tuple(Gate(gate.gate, gate.name) for gate in workflow.gates),
    ).with_event(run_started(now, workflow.name, slug))


def _pin_rules(workspace: Workspace, workflow: Workflow) -> Pins:
    """The hashes of the workflow and of the contracts that exist."""
    contracts = {gate.gate: hash_file(workspace, workspace.contract_path(gate.gate)).sha256 for gate in workflow.gates}
    return Pins(workflow.sha256, {gate: sha256 for gate, sha256 in contracts.items() if sha256})


def complete_run(store: Store, run_id: str, status: RunStatus | None, now: str) -> Run:
    """Completes the run; `status` None derives it from the gates. Raises Refused, DamagedRecord.

    It cannot be PASSED while a gate is stale.
    """
    run = store.read(run_id)
    check_against_rules(store.workspace, run)
    blocking = [gate.gate for gate in run.gates if is_blocking_in(store.workspace, run, gate.gate)]
    stale = _find_stale(store.workspace, run) if (status or status_of_gates(run)) is RunStatus.PASSED else None
    return store.change(run_id, lambda run: transitions.complete_run(run, status, blocking, now, stale))


def _find_stale(workspace: Workspace, run: Run) -> Refused | None:
    """Why the run cannot be PASSED, where gates that passed are stale."""
    if not run.gates_passed:
        return None
    from runner.operations.output_changes import OutputChanges
    from runner.operations.stale_gates import StaleGates
    from runner.workflows.gate_command import GateCommands

    stale = StaleGates(workspace, run, OutputChanges(workspace, run)).find_changed()
    if not stale:
        return None
    return Refused(
        f"run {run.run_id} cannot be PASSED while gates are stale: {describe_stale(stale)};"
        " pass them again, or complete it with --status FAILED or CANCELED",
        next_command=stale[0].restore or GateCommands(workspace, run).choose(stale[0].gate),
    )


def refuse_unearned_pass(workspace: Workspace, run: Run) -> None:
    """Raises GateFailed for a run that another process completed as PASSED though a blocking gate has not passed.

    Whether a gate is blocking, its contract decides: that process may have recorded anything.
    """
    if run.status is RunStatus.PASSED:
        for gate in run.gates:
            if not gate.has_passed and is_blocking(workspace, gate.gate):
                raise GateFailed(
                    f"run {run.run_id} was completed as PASSED by another process, but gate {gate.gate} is"
                    f" {gate.status}",
                    next_command=suggestions.show_run(run.run_id),
                )
