"""Plans the repair of a damaged RUN.json: from the attempts' files, which are authoritative, and its readable parts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import NoReturn

from gate_tests.compiler.loader import is_blocking
from gate_tests.errors import DamagedRecord, InvalidFile, LostFile, NewerRecord, OrchError, Refused
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import parse_gate_id
from runner import suggestions
from runner.git.restore import suggest_restore
from runner.models import transitions
from runner.models.artifact_index import IndexEntry
from runner.models.attempt import Attempt
from runner.models.context import AttemptContext, Pins
from runner.models.gate import Gate
from runner.models.json_encoding import encode
from runner.models.rows import Rows
from runner.models.run import RUN_KEYS, SCHEMA_VERSION, SUPPORTED_VERSIONS, Prompt, Run
from runner.models.status import RunStatus
from runner.models.timestamps import is_timestamp
from runner.operations.gate_rules import hash_file
from runner.repair.attempts import gather_attempts, read_context
from runner.repair.events import read_events, read_invocations, rebuild_events, rebuild_index
from runner.repair.losses import describe_losses
from runner.repair.moved_run import find_way_back, refuse_moved
from runner.repair.salvage import PartialRecord, parse_readable_rows
from runner.storage.attempt_file import list_attempt_numbers, list_gates_with_attempts
from runner.storage.confined_paths import read_bytes_if_possible
from runner.storage.consistency import describe_unsupported
from runner.storage.derived.members import check_derived_members, has_violations
from runner.storage.rule_agreement import check_against_rules
from runner.storage.store import Store
from runner.workflows.definition import load_workflow


@dataclass(frozen=True)
class RepairPlan:
    """A record as it would be written. `attempts` has the files that would be written as well, by their paths."""

    run: Run
    path: str
    before: bytes
    attempts: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)
    """The current and the new content of each."""
    lost: tuple[str, ...] = ()
    """What is known to be lost, in words."""

    @property
    def content(self) -> bytes:
        """The new RUN.json."""
        return encode(self.run.to_json())

    def diff(self) -> Iterator[str]:
        """The changes, as lines of `diff -u`."""
        for path, (old, new) in {self.path: (self.before, self.content), **self.attempts}.items():
            before, after = (content.decode("utf-8", "replace").split("\n") for content in (old, new))
            yield from unified_diff(before, after, path, path, lineterm="")

    def write(self, store: Store) -> tuple[str, ...]:
        """Write the repair. Returns the paths of the backups. Raises Refused if RUN.json has changed meanwhile."""
        attempts = {path: new for path, (_, new) in self.attempts.items()}
        return store.write_repair(self.run.run_id, self.before, self.content, attempts)


def plan_repair(store: Store, run_id: str) -> RepairPlan | None:
    """Plan the repair of a record; None if it is intact. Raises Refused, DamagedRecord if it cannot be repaired."""
    try:
        run = store.read(run_id)
    except DamagedRecord:
        return _rebuild(store.workspace, run_id)
    if has_violations(run):
        plan = _rebuild(store.workspace, run_id)
        _refuse_what_remains(store.workspace, plan.run)
        return plan
    check_against_rules(store.workspace, store.complete_recovery(run_id))
    return None


def find_repair_command(workspace: Workspace, run_id: str) -> str | None:
    """The command for a damaged record: the repair if enough of it can be read, else to restore it from git, if any.

    None for one of a newer version, too.
    """
    path = workspace.record_path(run_id)
    partial = PartialRecord.parse(read_bytes_if_possible(workspace, path))
    if partial.newer_version:
        return None
    if command := find_way_back(workspace, run_id, read_context(workspace, run_id)):
        return command
    if partial.workflow and partial.depth and _is_repairable(workspace, run_id):
        return suggestions.repair_run(run_id)
    return suggest_restore(LostFile(workspace.root, path))


def _is_repairable(workspace: Workspace, run_id: str) -> bool:
    """Whether a repair corrects what does not follow from the attempts. Of other damage the repair says it itself."""
    try:
        run = Store(workspace).read(run_id)
        return not has_violations(run) or not has_violations(_rebuild(workspace, run_id).run)
    except OrchError:
        return True


def _refuse_what_remains(workspace: Workspace, run: Run) -> None:
    """Raises DamagedRecord for a contradiction in the repaired run, of which nobody knows which side is right."""
    try:
        check_derived_members(workspace, run)
    except DamagedRecord as error:
        error.lost_file = LostFile(workspace.root, workspace.record_path(run.run_id))
        raise


def _rebuild(workspace: Workspace, run_id: str) -> RepairPlan:
    path = workspace.record_path(run_id)
    before = read_bytes_if_possible(workspace, path)
    partial = PartialRecord.parse(before)
    if version := partial.newer_version:
        raise NewerRecord(f"{path}: {describe_unsupported(version)}")
    run = _parse_head(workspace, partial, run_id, path)
    context = read_context(workspace, run_id)
    refuse_moved(workspace, run_id, context)
    run = _restore_context(run, context)
    run, attempts = _add_gates(workspace, run, partial, path)
    run = run._replace(invocations=Rows(read_invocations(partial)), events=Rows(read_events(partial)))
    if run.finished_at and partial.has_schema_version and not is_timestamp(run.finished_at):
        run = run._replace(finished_at=transitions.monotonic_timestamp(run, run.started_at))
    if run.schema_version is None:  # attempts of the original lack the paths that an index needs
        run = run._replace(artifacts_index=Rows(partial.parse_rows("artifacts_index", IndexEntry.from_json)))
    else:
        run = rebuild_index(run)
    run = rebuild_events(run, _blocking(workspace, run))
    run = _restore_pins(run, workspace)
    return RepairPlan(run, path, before, attempts, tuple(describe_losses(run, partial)))


def _blocking(workspace: Workspace, run: Run) -> list[tuple[str, int]]:
    """The attempts whose failure fails the run."""
    return [
        (gate.gate, attempt.number)
        for gate in run.gates
        for attempt in gate.attempts
        if _is_blocking(workspace, gate.gate, attempt)
    ]


def _is_blocking(workspace: Workspace, gate: str, attempt: Attempt) -> bool:
    if attempt.blocking is not None:
        return attempt.blocking
    return is_blocking(workspace, gate, attempt.contract_sha256)


def _parse_head(workspace: Workspace, partial: PartialRecord, run_id: str, path: str) -> Run:
    """The run without its gates and lists. Raises DamagedRecord if too little can be read."""
    workflow, depth = partial.workflow, partial.depth
    if workflow is None or depth is None:
        lost = " and ".join(name for name, value in (("workflow", workflow), ("depth", depth)) if value is None)
        _give_up(f"{path}: {lost} cannot be read; nothing was written", workspace, path)
    return Run(
        schema_version=_parse_version(partial),
        run_id=run_id,
        workflow=workflow,
        depth=depth,
        prompt=partial.parse_first(Prompt.from_json),
        pins=partial.parse_first(_parse_pins),
        status=partial.parse_first(lambda members: members.choice("status", RunStatus)) or RunStatus.QUEUED,
        started_at=partial.parse_first(_started_at) or _timestamp_in_id(run_id),
        finished_at=partial.parse_first(lambda members: members.optional_text("finished_at")),
        gates=(),
        validations=partial.parse_first(lambda members: members.items("validations")) or (),
        extra=partial.parse_first(lambda members: members.rest(RUN_KEYS)) or {},
        absent=frozenset() if partial.has_schema_version else frozenset({"schema_version", "progress"}),
    )


def _parse_version(partial: PartialRecord) -> int | None:
    """The version of the record: if it is lost, the one that its other members belong to."""
    if not partial.has_schema_version:
        return None
    recorded = partial.parse_first(lambda members: members.optional_number("schema_version"))
    if recorded in SUPPORTED_VERSIONS:
        return recorded
    return SCHEMA_VERSION if any("pins" in side for side in partial.sides) else 1


def _parse_pins(members: Fields) -> Pins | None:
    pins = members.optional_object("pins")
    return Pins.from_json(pins) if pins else None


def _restore_context(run: Run, context: AttemptContext | None) -> Run:
    """The run with the context of its attempts: they are authoritative."""
    if context is None or run.schema_version is None:
        return run
    workflow = run.workflow._replace(
        name=context.workflow,
        slug=context.slug,
        artifact_path=context.artifact_path,
        variables=context.variables,
    )
    return run._replace(workflow=workflow, depth=Depth(context.depth))


def _restore_pins(run: Run, workspace: Workspace) -> Run:
    """The run with its pins; if they are lost, with the contracts of its attempts and the present workflow pinned."""
    if run.schema_version in (None, 1):
        return run._replace(pins=None, absent=run.absent | {"pins"})
    if run.pins:
        return run
    contracts = {gate.gate: gate.last_attempt.latest_contract_sha256 for gate in run.gates if gate.last_attempt}
    workflow = workspace.workflow_path(run.workflow.name)
    return run._replace(
        pins=Pins(hash_file(workspace, workflow).sha256, {gate: sha256 for gate, sha256 in contracts.items() if sha256})
    )


def _started_at(members: Fields) -> str | None:
    started_at = members.text("started_at")
    return started_at if is_timestamp(started_at) else None


def _timestamp_in_id(run_id: str) -> str:
    """The time in a run id, in seconds or milliseconds."""
    stamp = run_id.split("_")[1].replace("T", "").removesuffix("Z").ljust(17, "0")
    date, time = (stamp[:4], stamp[4:6], stamp[6:8]), (stamp[8:10], stamp[10:12], stamp[12:14])
    return f"{'-'.join(date)}T{':'.join(time)}.{stamp[14:]}Z"


def _add_gates(
    workspace: Workspace, run: Run, partial: PartialRecord, path: str
) -> tuple[Run, dict[str, tuple[bytes, bytes]]]:
    lost: dict[str, tuple[bytes, bytes]] = {}
    gates = []
    for gate_id, name in _gate_names(workspace, run, partial, path):
        found = gather_attempts(workspace, run, gate_id, partial)
        lost |= found.lost
        gate = Gate(gate_id, name)
        for attempt in found.attempts:
            gate = gate.with_attempt(attempt)
        gates.append(gate)
    return run._replace(gates=tuple(gates)), lost


def _gate_names(workspace: Workspace, run: Run, partial: PartialRecord, path: str) -> list[tuple[str, str]]:
    """The gates and their names: the recorded ones, those of the workflow if rows are lost, and all that have files."""
    recorded = dict(partial.parse_first(lambda members: parse_readable_rows(members.value.get("gates"), _name)) or ())
    if not recorded or "gates" in partial.truncated or partial.count_lost_rows("gates", _name):
        try:
            in_workflow = {gate.gate: gate.name for gate in load_workflow(workspace, run.workflow.name).gates}
        except (Refused, InvalidFile) as error:
            _give_up(
                f"{path}: its gates cannot be read, nor rebuilt from its workflow: {error.message}",
                workspace,
                path,
            )
        recorded = {gate: recorded.get(gate, name) for gate, name in in_workflow.items()} | recorded
    unknown = [gate for gate in list_gates_with_attempts(workspace, run.run_id) if gate not in recorded]
    with_files = [gate for gate in unknown if list_attempt_numbers(workspace, run.run_id, gate)]
    return [*recorded.items(), *zip(with_files, with_files, strict=True)]


def _name(gate: Fields) -> tuple[str, str]:
    return parse_gate_id(gate), gate.text("name")


def _give_up(message: str, workspace: Workspace, path: str) -> NoReturn:
    raise DamagedRecord(message, lost_file=LostFile(workspace.root, path))
