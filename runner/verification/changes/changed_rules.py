"""Which contracts and workflows were loosened, tightened, deleted or made invalid."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from gate_tests.checks.registry import list_type_names
from gate_tests.checks.strictness import Effect
from gate_tests.compiler.contract_changes import compare_contracts
from gate_tests.compiler.contract_schema import named_types
from gate_tests.compiler.key_changes import RuleDifference
from gate_tests.compiler.loader import validate_contract
from gate_tests.contract import Contract, parse_contract
from gate_tests.errors import InvalidFile, Refused
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.workspace.layout import Workspace
from runner.git.tree_links import RULE_DIRECTORIES
from runner.verification.changes.change_set import ChangeSet
from runner.verification.changes.report import NOT_COMPARED, RuleChange, RuleEffect
from runner.workflows.definition import Workflow, parse_workflow
from runner.workflows.workflow_changes import compare_workflows

_CONTRACT: Final = re.compile(r"orchestration/gates/contracts/(?P<name>[^/]+)\.contract\.json")
_WORKFLOW: Final = re.compile(r"orchestration/workflows/(?P<name>[^/]+)\.json")
_EFFECTS: Final = {
    Effect.LOOSER: RuleEffect.LOOSENED,
    Effect.TIGHTER: RuleEffect.TIGHTENED,
    Effect.UNKNOWN: RuleEffect.UNKNOWN,
}


def find_changed_rules(workspace: Workspace, changes: ChangeSet) -> Iterator[RuleChange]:
    """The changes of each contract, then of each workflow, one by one. First those of a submodule that has them."""
    yield from _find_changed_places(changes)
    for path in sorted(changes.changes):
        if match := _CONTRACT.fullmatch(path):
            yield from _ChangedContract(changes, path, match["name"]).find_changes()
    for path in sorted(changes.changes):
        if match := _WORKFLOW.fullmatch(path):
            yield from _ChangedWorkflow(workspace, changes, path, match["name"]).find_changes()


def _find_changed_places(changes: ChangeSet) -> Iterator[RuleChange]:
    """The submodules and symlinks that have all contracts or workflows, and were changed."""
    for directory in RULE_DIRECTORIES:
        for path, change in changes.changes.items():
            if change.before and f"{directory}/".startswith(f"{path}/"):
                kind = "submodule" if change.before.is_submodule else "symlink"
                subject, name = f"{kind} {path}", directory.rpartition("/")[2]
                yield RuleChange(RuleEffect.UNKNOWN, name, path, subject, NOT_COMPARED)


def read_contract_leniently(path: str, content: bytes) -> Contract | None:
    """The contract, also one with check types that are not installed; None where it cannot be read."""
    try:
        return parse_contract(Document.parse(path, content))
    except (UnreadableDocument, KeyError, TypeError, ValueError, AttributeError):
        return None


class _ChangedRule:
    """A contract or workflow whose file was changed."""

    kind = ""

    def __init__(self, changes: ChangeSet, path: str, name: str) -> None:
        self._changes, self._path, self._name = changes, path, name

    def find_changes(self) -> Iterator[RuleChange]:
        """Each change; of a file that was changed in the base, too, only those that the branch made."""
        before, after = self._changes.read_base(self._path), self._changes.read_present(self._path)
        if after is None:
            is_deleted = self._changes.changes[self._path].after is None
            kind = RuleEffect.LOOSENED if is_deleted else RuleEffect.INVALID
            yield self._report(kind, self.kind, "deleted" if is_deleted else "is not a regular file")
        elif problem := self._find_problem(after):
            yield self._report(RuleEffect.INVALID, "", problem)
        elif before is None:
            yield self._report(RuleEffect.ADDED, self.kind)
        else:
            yield from self._compare_versions(before, after)

    def _compare_versions(self, before: bytes, after: bytes) -> Iterator[RuleChange]:
        found = self._compare(before, after)
        if found is None:
            yield self._report(RuleEffect.UNKNOWN, self.kind, "was invalid before")
            return
        if self._changes.was_changed_in_base(self._path):
            own = self._find_own(before, after)
            found = found if own is None else own
        for change in found:
            yield self._report(_EFFECTS[change.effect], change.subject, change.change)
        yield from self._list_unknown(after)
        if not found:
            yield self._report(RuleEffect.UNCHANGED, self.kind, "texts or how it is written")

    def _find_own(self, base: bytes, after: bytes) -> Sequence[RuleDifference] | None:
        """What was changed since the branch began, unless the base was changed in the same way."""
        began = self._changes.read_merge_base(self._path)
        own, others = (self._compare(began, each) if began else None for each in (after, base))
        return None if own is None else [each for each in own if each not in (others or ())]

    def _report(self, kind: RuleEffect, subject: str, change: str = "") -> RuleChange:
        return RuleChange(kind, self._name, self._changes.links.follow_rule(self._path), subject, change)

    def _find_problem(self, content: bytes) -> str | None:
        raise NotImplementedError

    def _compare(self, before: bytes, after: bytes) -> Sequence[RuleDifference] | None:
        raise NotImplementedError

    def _list_unknown(self, content: bytes) -> Iterator[RuleChange]:
        yield from ()


class _ChangedContract(_ChangedRule):
    kind = "contract"

    def _find_problem(self, content: bytes) -> str | None:
        """Why no gate can be judged by it; None where it only names check types that are not installed here."""
        try:
            document = Document.parse(self._path, content)
            validate_contract(document)
        except UnreadableDocument as error:
            return str(error)
        except InvalidFile as error:
            is_readable = bool(_list_missing_types(document)) and read_contract_leniently(self._path, content)
            return None if is_readable else error.problems[0]
        return None

    def _compare(self, before: bytes, after: bytes) -> Sequence[RuleDifference] | None:
        old, new = (read_contract_leniently(self._path, content) for content in (before, after))
        return compare_contracts(old, new) if old and new else None

    def _list_unknown(self, content: bytes) -> Iterator[RuleChange]:
        for name in _list_missing_types(Document.parse(self._path, content)):
            yield self._report(RuleEffect.UNKNOWN, name, "the check type is not installed here")


def _list_missing_types(document: Document) -> list[str]:
    named = named_types(document)
    known = list_type_names(named)
    return [name for name in named if name not in known]


class _ChangedWorkflow(_ChangedRule):
    kind = "workflow"

    def __init__(self, workspace: Workspace, changes: ChangeSet, path: str, name: str) -> None:
        super().__init__(changes, path, name)
        self._workspace = workspace

    def _find_problem(self, content: bytes) -> str | None:
        try:
            self._parse(content)
        except (InvalidFile, Refused, UnreadableDocument) as error:
            return str(error).partition("\n")[0]
        return None

    def _compare(self, before: bytes, after: bytes) -> Sequence[RuleDifference] | None:
        try:
            return compare_workflows(self._parse(before), self._parse(after))
        except (InvalidFile, Refused, UnreadableDocument):
            return None

    def _parse(self, content: bytes) -> Workflow:
        return parse_workflow(self._workspace, self._name, Document.parse(self._path, content))
