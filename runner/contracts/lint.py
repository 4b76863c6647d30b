"""Lints contracts: all of the repository, or those given by paths."""

import os
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Final, NamedTuple

from gate_tests.contract import Contract
from gate_tests.errors import InvalidFile, OrchError, Refused, suggest
from gate_tests.lint.contract import lint_contract
from gate_tests.lint.findings import ContractWarning, LintReport, WarningTopic
from gate_tests.lint.sample_runs import ARTIFACT_PATH, SLUG, SampleRuns, make_sample_run
from gate_tests.lint.suppressions import find_suppressed_topics
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.workspace.layout import CONTRACT_SUFFIX, Workspace
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import RunContext
from runner import suggestions
from runner.contracts.example_headers import find_unreadable_headers
from runner.contracts.missing_files import find_missing_files, find_prompt_warnings
from runner.contracts.workflow_template import suggest_contract, suggest_first_workflow
from runner.workflows.definition import Workflow, load_workflow


class WorkflowSet(NamedTuple):
    """The valid workflows of a repository, and the errors of the others."""

    workflows: tuple[Workflow, ...]
    errors: tuple[str, ...]

    @classmethod
    def load(cls, workspace: Workspace) -> "WorkflowSet":
        """Loads all workflows of the repository."""
        valid: list[Workflow] = []
        errors: list[str] = []
        for name in workspace.workflows():
            try:
                valid.append(load_workflow(workspace, name))
            except InvalidFile as error:
                errors += error.problems
            except OrchError as error:
                errors.append(f"{workspace.workflow_path(name)}: {error.message}")
        return cls(tuple(valid), tuple(errors))

    def filter_by_gate(self, gate: object) -> tuple[Workflow, ...]:
        """The workflows that have the gate."""
        return tuple(each for each in self.workflows if any(entry.gate == gate for entry in each.gates))

    def build_sample_runs(self, gate: object) -> tuple[SampleRuns, ...]:
        """Sample runs of each workflow that has the gate."""
        return tuple(SampleRuns(_contexts(workflow), workflow.name) for workflow in self.filter_by_gate(gate))

    def findings(self, workspace: Workspace) -> LintReport:
        """The errors of the workflows, their gates without a contract, and their prompts that cannot be used."""
        prompts = (warning for each in self.workflows for warning in find_prompt_warnings(workspace, each))
        warnings = (*self._find_gates_without_contract(workspace), *prompts)
        return LintReport((), self.errors, tuple(sorted(warnings, key=lambda each: (each.path, each.line))))

    def find_unused(self, document: Document, gate: str) -> Iterator[ContractWarning]:
        """A warning if no workflow has the gate of this valid contract. None where a workflow is invalid."""
        topic = WarningTopic.NO_WORKFLOW
        if not self.errors and not self.filter_by_gate(gate) and topic not in find_suppressed_topics(document):
            message = f"no workflow has gate {gate!r}, so no run is judged by this contract"
            yield ContractWarning.at(topic, document, ("gate",), message)

    def _find_gates_without_contract(self, workspace: Workspace) -> Iterator[ContractWarning]:
        known = workspace.gates_with_contract()
        for workflow in self.workflows:
            document: Document = workspace.read_document(workflow.path)
            for index, entry in enumerate(workflow.gates):
                if entry.gate not in known:
                    message = f"gate {entry.gate!r} has no contract, so no run can pass it{suggest(entry.gate, known)}"
                    yield ContractWarning.at(WarningTopic.NO_CONTRACT, document, ("gates", index, "gate"), message)


def _contexts(workflow: Workflow) -> tuple[RunContext, ...]:
    """A sample run of each depth."""
    return tuple(
        make_sample_run(
            depth,
            path := _artifact_path(workflow, depth),
            (entry.gate for entry in workflow.gates),
            workflow.bind_variables(SLUG, path, depth),
        )
        for depth in Depth
    )


def _artifact_path(workflow: Workflow, depth: Depth) -> str:
    return ARTIFACT_PATH if workflow.artifact_path is None else workflow.expand_artifact_path(SLUG, depth)


_LINT_ALL: Final = suggestions.LINT_CONTRACTS


def lint_all(workspace: Workspace) -> LintReport:
    """Lints every contract of the repository, and the workflows that refer to them."""
    workflows = WorkflowSet.load(workspace)
    findings = workflows.findings(workspace)
    for gate in workspace.gates_with_contract():
        path = f"orchestration/gates/contracts/{gate}{CONTRACT_SUFFIX}"
        findings = findings.merge(report := _lint(workspace, workflows, path))
        if not report.errors:
            unused = workflows.find_unused(workspace.read_document(path), gate)
            findings = findings.merge(LintReport(warnings=tuple(unused)))
    return findings


def lint_files(workspace: Workspace, paths: Iterable[Path]) -> LintReport:
    """Lints these contracts and those below these directories; reports invalid workflows as well.

    Raises Refused where a path does not exist or a directory contains no contract.
    """
    workflows = WorkflowSet.load(workspace)
    findings = LintReport(errors=workflows.errors)
    for file in (file for path in paths for file in _find_contract_files(workspace, path)):
        findings = findings.merge(_lint(workspace, workflows, relative_to_root(workspace, file)))
    return findings


def suggest_first_contract(workspace: Workspace) -> str:
    """The command for a repository without contracts: writes that of a workflow's first gate, or brings a workflow."""
    for workflow in WorkflowSet.load(workspace).workflows:
        return suggest_contract(workspace, workflow.gates[0].gate, workflow.gates[0].name)
    return suggest_first_workflow(workspace)


def relative_to_root(workspace: Workspace, path: Path) -> str:
    """The path relative to the root, absolute if it is elsewhere. Does not resolve a symlink as the last part."""
    for root, file in (
        (workspace.root, Path(os.path.abspath(path))),
        (workspace.root.resolve(), path.parent.resolve() / path.name),
    ):
        if file.is_relative_to(root):
            return file.relative_to(root).as_posix()
    return path.absolute().as_posix()


def _find_contract_files(workspace: Workspace, path: Path) -> Iterator[Path]:
    if not path.is_dir():
        if not os.path.lexists(path):
            raise _missing_file_error(workspace, path)
        if not path.name.endswith(CONTRACT_SUFFIX):
            message = f"{path} is not named like a contract (expected <gate>{CONTRACT_SUFFIX})"
            raise Refused(message, next_command=_LINT_ALL)
        yield path
        return
    found = sorted(path.rglob(f"*{CONTRACT_SUFFIX}"))
    if not found:
        message = f"{path} contains no contract (expected <gate>{CONTRACT_SUFFIX})"
        raise Refused(message, next_command=_LINT_ALL)
    yield from found


def _missing_file_error(workspace: Workspace, path: Path) -> Refused:
    known = "" if path.name != str(path) else suggest(path.name, workspace.gates_with_contract())
    return Refused(f"{path} does not exist{known}", next_command=_LINT_ALL)


def _lint(workspace: Workspace, workflows: WorkflowSet, path: str) -> LintReport:
    try:
        document = Document.read(workspace.root, path) if path.startswith("/") else workspace.read_document(path)
    except UnreadableDocument as error:
        return LintReport((path,), (str(error),))
    except FileNotFoundError:
        return LintReport((path,), (f"{path}: is a broken symlink",))
    gate = document.data.get("gate") if isinstance(document.data, dict) else None
    return lint_contract(workspace, document, workflows.build_sample_runs(gate), partial(_find_more, workspace))


def _find_more(workspace: Workspace, contract: Contract) -> Iterator[ContractWarning]:
    """The warnings that need other files than the contract."""
    yield from find_missing_files(workspace, contract)
    yield from find_unreadable_headers(workspace, contract)
