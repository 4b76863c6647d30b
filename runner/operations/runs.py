"""Starts and completes runs."""

from typing import NamedTuple

from gate_tests.compiler.loader import is_blocking
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth, check_slug
from runner.models import transitions
from runner.models.event import run_started
from runner.models.ids import new_run_id
from runner.models.run import Gate, Prompt, Run, WorkflowRef
from runner.models.status import RunStatus
from runner.storage.store import Store
from runner.workflows.definition import Workflow


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
    if requested is None:
        requested = workflow.expand_artifact_path(slug, request.depth)
    artifact_path = workspace.confine(requested, "artifact path")
    variables = workflow.bind_variables(slug, artifact_path, request.depth)
    return Run(
        run_id=new_run_id(slug, now),
        workflow=WorkflowRef(workflow.name, workflow.version, slug, artifact_path, variables),
        depth=request.depth,
        prompt=request.prompt,
        status=RunStatus.QUEUED,
        started_at=now,
        gates=tuple(Gate(gate.gate, gate.name) for gate in workflow.gates),
    ).with_event(run_started(now, workflow.name, slug))


def complete_run(store: Store, run_id: str, status: RunStatus | None, now: str) -> Run:
    """Completes the run; `status` None derives it from the gates. Raises Refused."""
    blocking = [gate.gate for gate in store.read(run_id).gates if is_blocking(store.workspace, gate.gate)]
    return store.change(run_id, lambda run: transitions.complete_run(run, status, blocking, now))
