"""Rebuilds a damaged RUN.json: from the attempts' files, which are the truth, and from what of it can still be read."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import NoReturn

from gate_tests.compiler.loader import is_blocking
from gate_tests.errors import DamagedRecord, InvalidFile, Refused
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import check_gate_id
from runner import suggestions
from runner.models import transitions
from runner.models.artifact_index import IndexEntry
from runner.models.json_encoding import encode
from runner.models.rows import Rows
from runner.models.run import RUN_KEYS, SCHEMA_VERSION, Gate, Prompt, Run
from runner.models.status import RunStatus
from runner.models.timestamps import is_timestamp
from runner.repair.attempts import Attempts, gather_attempts
from runner.repair.events import events, invocations, retell, with_index
from runner.repair.losses import losses
from runner.repair.salvage import Salvage, readable_rows
from runner.storage.attempt_file import attempt_numbers, gates_with_folder
from runner.storage.confined_paths import read_as_it_is
from runner.storage.store import Store
from runner.workflows.definition import load_workflow


@dataclass(frozen=True)
class Repair:
    """A record as it would be written; `attempts` are the files that would be written anew, by their paths."""

    run: Run
    path: str
    before: bytes
    attempts: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    """What of a file can be read now, and what would stand in it."""
    lost: tuple[str, ...] = ()
    """What is known to have stood in the record and can no longer be had, in words."""

    @property
    def content(self) -> bytes:
        """The RUN.json to be."""
        return encode(self.run.to_json())

    def diff(self) -> Iterator[str]:
        """What would change, line by line, as `diff -u` has it."""
        for path, (old, new) in {self.path: (self.before, self.content), **self.attempts}.items():
            before, after = (content.decode("utf-8", "replace").split("\n") for content in (old, new))
            yield from unified_diff(before, after, path, path, lineterm="")

    def write(self, store: Store) -> tuple[str, ...]:
        """Writes it; gives the paths under which the old files are kept. Raises Refused where they have changed."""
        attempts = {path: new for path, (_, new) in self.attempts.items()}
        return store.mend(self.run.run_id, self.before, self.content, attempts)


def plan_repair(store: Store, run_id: str) -> Repair | None:
    """How to repair the record; None for one that is sound. Raises Refused, DamagedRecord where nothing helps."""
    try:
        store.read(run_id)
    except DamagedRecord:
        return _rebuild(store.workspace, run_id)
    store.settle(run_id)
    return None


def way_out(workspace: Workspace, run_id: str) -> str:
    """The command for a damaged record: the repair, where enough of it can be read for one, else what git holds."""
    path = workspace.record_path(run_id)
    salvage = Salvage.of(read_as_it_is(workspace, path))
    return suggestions.repair_run(run_id) if salvage.workflow and salvage.depth else suggestions.checkout_file(path)


def _rebuild(workspace: Workspace, run_id: str) -> Repair:
    path = workspace.record_path(run_id)
    before = read_as_it_is(workspace, path)
    salvage = Salvage.of(before)
    run = _head(salvage, run_id, path)
    run, attempts = _with_gates(workspace, run, salvage, path)
    run = run._replace(invocations=Rows(invocations(salvage)), events=Rows(events(salvage)))
    if run.finished_at and salvage.is_ours and not is_timestamp(run.finished_at):
        run = run._replace(finished_at=transitions.moment(run, run.started_at))
    if run.schema_version is None:  # the original's attempts have rows that no index can be made of
        run = run._replace(artifacts_index=Rows(salvage.rows("artifacts_index", IndexEntry.from_json)))
    else:
        run = with_index(run)
    run = retell(run, _blocking(workspace, run))
    return Repair(run, path, before, attempts, tuple(losses(run, salvage)))


def _blocking(workspace: Workspace, run: Run) -> list[tuple[str, int]]:
    """The attempts whose failure fails the run."""
    return [
        (gate.gate, attempt.number)
        for gate in run.gates
        for attempt in gate.attempts
        if is_blocking(workspace, gate.gate, attempt.contract_sha256)
    ]


def _head(salvage: Salvage, run_id: str, path: str) -> Run:
    """What stands before the gates. Raises DamagedRecord where a run cannot be told without what is lost."""
    workflow, depth = salvage.workflow, salvage.depth
    if workflow is None or depth is None:
        lost = " and ".join(name for name, value in (("workflow", workflow), ("depth", depth)) if value is None)
        _give_up(f"{path}: {lost} can no longer be read; nothing was written", path)
    return Run(
        schema_version=SCHEMA_VERSION if salvage.is_ours else None,
        run_id=run_id,
        workflow=workflow,
        depth=depth,
        prompt=salvage.first(Prompt.from_json),
        status=salvage.first(lambda members: members.choice("status", RunStatus)) or RunStatus.QUEUED,
        started_at=salvage.first(_started_at) or _stamp(run_id),
        finished_at=salvage.first(lambda members: members.optional_text("finished_at")),
        gates=(),
        validations=salvage.first(lambda members: members.items("validations")) or (),
        more=salvage.first(lambda members: members.rest(RUN_KEYS)) or {},
        absent=frozenset() if salvage.is_ours else frozenset({"schema_version", "progress"}),
    )


def _started_at(members: Fields) -> str | None:
    started_at = members.text("started_at")
    return started_at if is_timestamp(started_at) else None


def _stamp(run_id: str) -> str:
    """The time in a run's id, to the second or millisecond."""
    stamp = run_id.split("_")[1].replace("T", "").removesuffix("Z").ljust(17, "0")
    date, time = (stamp[:4], stamp[4:6], stamp[6:8]), (stamp[8:10], stamp[10:12], stamp[12:14])
    return f"{'-'.join(date)}T{':'.join(time)}.{stamp[14:]}Z"


def _with_gates(
    workspace: Workspace, run: Run, salvage: Salvage, path: str
) -> tuple[Run, dict[str, tuple[bytes, bytes]]]:
    lost: dict[str, tuple[bytes, bytes]] = {}
    gates = []
    for gate_id, name in _names(workspace, run, salvage, path):
        found: Attempts = gather_attempts(workspace, run.run_id, gate_id, salvage)
        lost |= found.lost
        gate = Gate(gate_id, name)
        for attempt in found.attempts:
            gate = gate.with_last(attempt)
        gates.append(gate)
    return run._replace(gates=tuple(gates)), lost


def _names(workspace: Workspace, run: Run, salvage: Salvage, path: str) -> list[tuple[str, str]]:
    """The gates and their names: as recorded, where rows are lost as the workflow has them, and any that has files."""
    recorded = dict(salvage.first(lambda members: readable_rows(members.value.get("gates"), _name)) or ())
    if not recorded or "gates" in salvage.cut or salvage.lost_rows("gates", _name):
        try:
            known = {gate.gate: gate.name for gate in load_workflow(workspace, run.workflow.name).gates}
        except (Refused, InvalidFile) as error:
            _give_up(f"{path}: its gates can no longer be read, nor be had from its workflow: {error.message}", path)
        recorded = {gate: recorded.get(gate, name) for gate, name in known.items()} | recorded
    unknown = [gate for gate in gates_with_folder(workspace, run.run_id) if gate not in recorded]
    with_files = [gate for gate in unknown if attempt_numbers(workspace, run.run_id, gate)]
    return [*recorded.items(), *zip(with_files, with_files, strict=True)]


def _name(gate: Fields) -> tuple[str, str]:
    return gate.checked("gate", check_gate_id), gate.text("name")


def _give_up(message: str, path: str) -> NoReturn:
    raise DamagedRecord(message, next_command=suggestions.checkout_file(path))
