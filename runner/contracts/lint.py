"""The files of contracts that somebody names by paths, and everything there is to say of them."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from gate_tests.errors import InvalidFile, OrchError, Refused, suggest
from gate_tests.lint.contract import lint_contract
from gate_tests.lint.findings import Advice, Findings, Topic
from gate_tests.lint.sample_runs import ARTIFACT_PATH, SLUG, Trial, made_up_run
from gate_tests.strict_json.document import Document, UnreadableDocument
from gate_tests.workspace.layout import CONTRACT_SUFFIX, Workspace
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import RunContext
from runner.workflows.definition import Workflow, load_workflow


class Workflows(NamedTuple):
    """The workflows that can be read, and what is wrong with the others."""

    workflows: tuple[Workflow, ...]
    faults: tuple[str, ...]

    @classmethod
    def of(cls, workspace: Workspace) -> "Workflows":
        """All of the repository."""
        sound: list[Workflow] = []
        faults: list[str] = []
        for name in workspace.workflows():
            try:
                sound.append(load_workflow(workspace, name))
            except InvalidFile as error:
                faults += error.problems
            except OrchError as error:
                faults.append(f"{workspace.workflow_path(name)}: {error.message}")
        return cls(tuple(sound), tuple(faults))

    def naming(self, gate: object) -> tuple[Workflow, ...]:
        """Those that name the gate."""
        return tuple(each for each in self.workflows if any(step.gate == gate for step in each.gates))

    def trials(self, gate: object) -> tuple[Trial, ...]:
        """Runs of each workflow that names the gate."""
        return tuple(Trial(_contexts(workflow), workflow.name) for workflow in self.naming(gate))

    def findings(self, workspace: Workspace) -> Findings:
        """What is wrong with the workflows, and which of their gates have no contract."""
        return Findings((), self.faults, tuple(self._gates_without_contract(workspace)))

    def _gates_without_contract(self, workspace: Workspace) -> Iterator[Advice]:
        known = workspace.gates_with_contract()
        for workflow in self.workflows:
            document: Document = workspace.read_document(workflow.path)
            for index, step in enumerate(workflow.gates):
                if step.gate not in known:
                    words = f"gate {step.gate!r} has no contract, so no run gets past it{suggest(step.gate, known)}"
                    yield Advice.about(Topic.NO_CONTRACT, document, ("gates", index, "gate"), words)


def _contexts(workflow: Workflow) -> tuple[RunContext, ...]:
    """A made-up run of each depth."""
    return tuple(
        made_up_run(
            depth,
            place := _place(workflow, depth),
            (step.gate for step in workflow.gates),
            workflow.bind_variables(SLUG, place, depth),
        )
        for depth in Depth
    )


def _place(workflow: Workflow, depth: Depth) -> str:
    return ARTIFACT_PATH if workflow.artifact_path is None else workflow.expand_artifact_path(SLUG, depth)


_LINT_ALL = "orch contract lint"


def lint_all(workspace: Workspace) -> Findings:
    """Of every contract of the repository, and of the workflows that name them."""
    workflows = Workflows.of(workspace)
    findings = workflows.findings(workspace)
    for gate in workspace.gates_with_contract():
        findings = findings.and_then(
            _lint(workspace, workflows, f"orchestration/gates/contracts/{gate}{CONTRACT_SUFFIX}")
        )
    return findings


def lint_files(workspace: Workspace, paths: Iterable[Path]) -> Findings:
    """Of these contracts and of those below these folders. A workflow that cannot be read is told as well.

    Raises Refused where there is nothing of the name, or no contract below a folder.
    """
    workflows = Workflows.of(workspace)
    findings = Findings(faults=workflows.faults)
    for file in (file for path in paths for file in _contract_files(workspace, path)):
        findings = findings.and_then(_lint(workspace, workflows, shown_path(workspace, file)))
    return findings


def shown_path(workspace: Workspace, path: Path) -> str:
    """The path relative to the root, as it was typed where it lies elsewhere. A link is not what it leads to."""
    for root, file in (
        (workspace.root, Path(os.path.abspath(path))),
        (workspace.root.resolve(), path.parent.resolve() / path.name),
    ):
        if file.is_relative_to(root):
            return file.relative_to(root).as_posix()
    return path.absolute().as_posix()


def _contract_files(workspace: Workspace, path: Path) -> Iterator[Path]:
    if not path.is_dir():
        if not os.path.lexists(path):
            raise _missing(workspace, path)
        if not path.name.endswith(CONTRACT_SUFFIX):
            told = f"{path} is no contract by its name: one is called <gate>{CONTRACT_SUFFIX}"
            raise Refused(told, next_command=_LINT_ALL)
        yield path
        return
    found = sorted(path.rglob(f"*{CONTRACT_SUFFIX}"))
    if not found:
        told = f"{path} holds no contract: no file in it is called <gate>{CONTRACT_SUFFIX}"
        raise Refused(told, next_command=_LINT_ALL)
    yield from found


def _missing(workspace: Workspace, path: Path) -> Refused:
    gate = str(path)
    is_gate = gate in workspace.gates_with_contract()
    next_command = f"{_LINT_ALL} {workspace.contract_path(gate)}" if is_gate else _LINT_ALL
    return Refused(f"{path} does not exist", next_command=next_command)


def _lint(workspace: Workspace, workflows: Workflows, path: str) -> Findings:
    try:
        document = Document.read(workspace.root, path) if path.startswith("/") else workspace.read_document(path)
    except UnreadableDocument as error:
        return Findings((path,), (str(error),))
    except FileNotFoundError:
        return Findings((path,), (f"{path}: is a link to nothing",))
    gate = document.data.get("gate") if isinstance(document.data, dict) else None
    return lint_contract(workspace, document, workflows.trials(gate))
