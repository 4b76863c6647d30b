"""Which contracts and workflows are not those that the gates of a run passed by, and what changed in them."""

from collections.abc import Callable, Iterator, Sequence

from gate_tests.strict_json.document import Document
from gate_tests.workspace.layout import Workspace
from runner.models.run import Run
from runner.verification.later_records import LaterRecords
from runner.verification.recorded_files import PassingAttempt
from runner.verification.report import RuleReport, RuleStatus
from runner.verification.rule_versions import RuleVersions

ReadLater = Callable[[], LaterRecords]


class RuleComparison:
    """Compares contracts and workflows of runs with the present ones, unless a later PASS is by these."""

    def __init__(self, workspace: Workspace, rules: RuleVersions, read_later: ReadLater) -> None:
        self._workspace, self._rules, self._read_later = workspace, rules, read_later

    def find_changes(self, run: Run, attempts: Sequence[PassingAttempt]) -> Iterator[RuleReport]:
        """The contracts of the gates that passed, and the workflow, where they differ."""
        for attempt in attempts:
            yield from self._compare_contract(attempt)
        if run.pins and run.pins.workflow:
            yield from self._compare_workflow(run, run.pins.workflow)

    def _compare_contract(self, attempt: PassingAttempt) -> Iterator[RuleReport]:
        gate, recorded = attempt.gate, attempt.contract_sha256
        path = self._workspace.contract_path(gate)
        present = _hash(self._rules.read(path))
        if recorded in (None, present) or self._read_later().has_contract(gate, present, attempt.finished_at):
            return
        if present is None:
            unreadable = self._rules.explain_unreadable(path)
            status = RuleStatus.CONTRACT_CHANGED if unreadable else RuleStatus.CONTRACT_MISSING
            yield RuleReport(gate, path, status, str(recorded), None, None if unreadable else (), unreadable)
            return
        before, after = (self._rules.find_contract(gate, sha256) for sha256 in (str(recorded), present))
        from gate_tests.compiler.contract_changes import compare_contracts  # few rules have changed

        changes = tuple(compare_contracts(before, after)) if before and after else None
        problem = self._explain(before, after)
        yield RuleReport(gate, path, RuleStatus.CONTRACT_CHANGED, str(recorded), present, changes, problem)

    def _compare_workflow(self, run: Run, recorded: str) -> Iterator[RuleReport]:
        name = run.workflow.name
        path = self._workspace.workflow_path(name)
        present = _hash(self._rules.read(path))
        if recorded == present or self._read_later().has_workflow(name, present, run.started_at):
            return
        if present is None:
            unreadable = self._rules.explain_unreadable(path)
            status = RuleStatus.WORKFLOW_CHANGED if unreadable else RuleStatus.WORKFLOW_MISSING
            yield RuleReport(None, path, status, recorded, None, None if unreadable else (), unreadable)
            return
        before, after = (self._rules.find_workflow(name, sha256) for sha256 in (recorded, present))
        from runner.workflows.workflow_changes import compare_workflows

        changes = tuple(compare_workflows(before, after)) if before and after else None
        problem = self._explain(before, after)
        yield RuleReport(None, path, RuleStatus.WORKFLOW_CHANGED, recorded, present, changes, problem)

    def _explain(self, before: object, after: object) -> str | None:
        """Why it is not known what changed; None where it is."""
        if before is None:
            return self._rules.problem or "the earlier version is invalid here"
        return "it is invalid now" if after is None else None


def _hash(document: Document | None) -> str | None:
    return document.sha256 if document else None
