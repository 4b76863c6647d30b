"""Work that was judged by a contract that neither the base nor the present state has: loosened for it, and restored."""

from collections.abc import Iterable, Iterator
from hashlib import sha256

from gate_tests.errors import OrchError
from gate_tests.workspace.layout import Workspace
from runner.models.attempt import Attempt
from runner.models.run import Run
from runner.storage.store import Store
from runner.verification.changes.change_set import ChangeSet
from runner.verification.changes.record_version import RecordVersion
from runner.verification.changes.report import RuleChange, RuleEffect


def find_other_versions(store: Store, changes: ChangeSet, run_ids: Iterable[str]) -> Iterator[RuleChange]:
    """New passing attempts and new runs by a contract or workflow that neither the base nor the present state has.

    Of damaged records nothing is said.
    """
    for run_id in run_ids:
        try:
            run = store.read(run_id)
        except OrchError:
            continue
        yield from _find_in_run(store.workspace, changes, run)


def _find_in_run(workspace: Workspace, changes: ChangeSet, run: Run) -> Iterator[RuleChange]:
    before = _read_base(workspace, changes, run.run_id)
    for gate in run.gates:
        attempt = gate.attempts[-1] if gate.has_passed else None
        if attempt and attempt.contract_sha256 and not _had_passed(before, gate.gate, attempt):
            path = workspace.contract_path(gate.gate)
            if attempt.contract_sha256 not in _list_known(changes, path):
                subject = f"{run.run_id} attempt {attempt.number}"
                yield _report(gate.gate, path, subject, f"passed by contract {attempt.contract_sha256[:12]}")
    pinned = run.pins.workflow if run.pins and before is None else None
    path = workspace.workflow_path(run.workflow.name)
    if pinned and pinned not in _list_known(changes, path):
        yield _report(run.workflow.name, path, run.run_id, f"started by workflow {pinned[:12]}")


def _report(name: str, path: str, subject: str, judged: str) -> RuleChange:
    change = f"{judged}, which neither the base nor the present state has"
    return RuleChange(RuleEffect.OTHER_VERSION, name, path, subject, change)


def _read_base(workspace: Workspace, changes: ChangeSet, run_id: str) -> RecordVersion | None:
    """The record in the base; None for a run that is new."""
    path = workspace.record_path(run_id)
    content = changes.read_base(path) if path in changes.changes else changes.read_present(path)
    return RecordVersion.parse(path, content) if content else None


def _had_passed(before: RecordVersion | None, gate: str, attempt: Attempt) -> bool:
    known = before.attempts.get((gate, attempt.number)) if before else None
    return bool(known and known.get("status") == attempt.status)


def _list_known(changes: ChangeSet, path: str) -> set[str]:
    contents = [changes.read_present(path)]
    if path in changes.changes:
        contents.append(changes.read_base(path))
    return {sha256(content).hexdigest() for content in contents if content is not None}
