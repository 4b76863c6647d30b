"""The files of contracts that somebody names by paths, and everything there is to say of them."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from gate_tests.errors import Refused
from gate_tests.lint.contract import lint_contract
from gate_tests.lint.findings import Findings
from gate_tests.strict_json.document import Document, UnreadableDocument
from gate_tests.workspace.layout import CONTRACT_SUFFIX, Workspace
from runner.trials import Workflows

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
