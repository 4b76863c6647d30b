"""What happens to a run as a whole: it starts, is listed, ends."""

from collections.abc import Iterator
from dataclasses import dataclass

from gate_tests.errors import DamagedRecord, NotReadable, OrchError, Refused
from gate_tests.names import Depth, check_slug
from gate_tests.workspace import Workspace
from runner import lifecycle
from runner.attempt import Json
from runner.blocking import is_blocking
from runner.clock import new_run_id
from runner.events import run_started
from runner.record import Gate, Prompt, Run, RunStatus, WorkflowRef
from runner.store import Store
from runner.workflow import Workflow


@dataclass(frozen=True)
class RunRequest:
    """What a run is started with."""

    workflow: Workflow
    slug: str
    artifact_path: str | None
    depth: Depth
    prompt: Prompt | None = None


def start_run(store: Store, request: RunRequest, now: str) -> Run:
    """Creates the run with every gate of its workflow NOT_STARTED. Raises Refused."""
    run = plan_run(store.workspace, request, now)
    store.create(run)
    return run


def plan_run(workspace: Workspace, request: RunRequest, now: str) -> Run:
    """The run as it would be created. Raises Refused."""
    workflow, slug = request.workflow, check_slug(request.slug)
    wanted = request.artifact_path
    if wanted is None:
        wanted = workflow.place_artifacts(slug, request.depth)
    artifact_path = workspace.confine(wanted, "artifact path")
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
    """Ends the run. Raises Refused."""
    blocking = [gate.gate for gate in store.read(run_id).gates if is_blocking(store.workspace, gate.gate)]
    return store.change(run_id, lambda run: lifecycle.complete_run(run, status, blocking, now))


@dataclass(frozen=True)
class ListedRun:
    """A line of the list: a run, or the id of one whose record is damaged, or cannot be read, and why."""

    run_id: str
    run: Run | None
    damage: OrchError | None = None

    @property
    def mark(self) -> str:
        """What stands in place of a status where there is none: not being allowed to read is no damage."""
        return "UNREADABLE" if isinstance(self.damage, NotReadable) else "DAMAGED"

    def to_json(self) -> Json:
        """`{run_id, status, workflow, slug, started_at, gates_passed, gates_total}`, with `error` where marked."""
        if self.run is None:
            unknown = dict.fromkeys(("workflow", "slug", "started_at", "gates_passed", "gates_total"))
            return {"run_id": self.run_id, "status": self.mark, **unknown, "error": str(self.damage)}
        return {
            "run_id": self.run_id,
            "status": str(self.run.status),
            "workflow": self.run.workflow.name,
            "slug": self.run.workflow.slug,
            "started_at": self.run.started_at,
            "gates_passed": self.run.gates_passed,
            "gates_total": len(self.run.gates),
        }


def list_runs(store: Store) -> list[ListedRun]:
    """All runs, newest first; a damaged one stands where its id puts it."""
    return sorted(_listed(store), key=_age_key, reverse=True)


def _listed(store: Store) -> Iterator[ListedRun]:
    for run_id in store.workspace.runs():
        try:
            yield ListedRun(run_id, store.read(run_id))
        except (DamagedRecord, NotReadable, Refused) as damage:
            yield ListedRun(run_id, None, damage)


def _age_key(listed: ListedRun) -> tuple[str, str]:
    """Sorts by start: both the id's stamp and the record's time become `YYYYMMDDHHMMSS`, then milliseconds."""
    started = listed.run.started_at if listed.run else listed.run_id.split("_")[1]
    return "".join(character for character in started if character.isdigit()), listed.run_id
