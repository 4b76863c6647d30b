"""The files of contracts that somebody names by paths, and everything there is to say of them."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from gate_tests.document import Document, UnreadableDocument
from gate_tests.errors import Refused
from gate_tests.lint.contracts import lint_contract
from gate_tests.lint.finding import Findings
from gate_tests.workspace import CONTRACT_SUFFIX, Workspace
from runner.trials import Workflows


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
    for file in (file for path in paths for file in _contract_files(path)):
        findings = findings.and_then(_lint(workspace, workflows, shown_path(workspace, file)))
    return findings


def shown_path(workspace: Workspace, path: Path) -> str:
    """The path relative to the root, or as it was typed where it lies elsewhere."""
    try:
        return path.resolve().relative_to(workspace.root.resolve()).as_posix()
    except ValueError:
        return path.absolute().as_posix()


def _contract_files(path: Path) -> Iterator[Path]:
    if not path.is_dir():
        if not path.exists():
            raise Refused(f"{path} does not exist")
        yield path
        return
    found = sorted(path.rglob(f"*{CONTRACT_SUFFIX}"))
    if not found:
        raise Refused(f"{path} holds no contract: no file in it is called <gate>{CONTRACT_SUFFIX}")
    yield from found


def _lint(workspace: Workspace, workflows: Workflows, path: str) -> Findings:
    try:
        document = Document.read(workspace.root, path) if path.startswith("/") else workspace.read_document(path)
    except UnreadableDocument as error:
        return Findings((path,), (str(error),))
    except FileNotFoundError:
        return Findings((path,), (f"{path}: is a link to nothing",))
    gate = document.data.get("gate") if isinstance(document.data, dict) else None
    return lint_contract(workspace, document, workflows.trials(gate))
