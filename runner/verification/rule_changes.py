"""Which contracts and workflows are not those that the gates of a run passed by."""

from collections.abc import Callable, Iterator

from gate_tests.workspace.layout import Workspace
from runner.models.run import Run
from runner.verification.later_records import LaterRecords
from runner.verification.recorded_files import PassingAttempt
from runner.verification.report import RuleReport, RuleStatus
from runner.verification.rule_versions import RuleVersions


def find_rule_changes(
    workspace: Workspace,
    run: Run,
    attempts: list[PassingAttempt],
    rules: RuleVersions,
    read_later: Callable[[], LaterRecords],
) -> Iterator[RuleReport]:
    """The contracts and the workflow that differ, unless a later PASS was judged by the present ones."""
    for attempt in attempts:
        present = rules.read(path := workspace.contract_path(attempt.gate))
        sha256 = present.sha256 if present else None
        if attempt.contract_sha256 in (None, sha256):
            continue
        if not read_later().has_contract(attempt.gate, sha256, attempt.finished_at):
            status = RuleStatus.CONTRACT_CHANGED if present else RuleStatus.CONTRACT_MISSING
            yield RuleReport(attempt.gate, path, status, attempt.contract_sha256 or "", sha256)
    pinned = run.pins.workflow if run.pins else None
    path = workspace.workflow_path(run.workflow.name)
    present = rules.read(path) if pinned else None
    sha256 = present.sha256 if present else None
    if pinned and pinned != sha256 and not read_later().has_workflow(run.workflow.name, sha256, run.started_at):
        yield RuleReport(
            None, path, RuleStatus.WORKFLOW_CHANGED if present else RuleStatus.WORKFLOW_MISSING, pinned, sha256
        )
