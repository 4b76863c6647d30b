"""A workflow: the gates of a run in their order, each with its agent and instructions. Data, not code."""

import re
from collections.abc import Mapping
from contextlib import suppress
from typing import Final, NamedTuple

from gate_tests.errors import InvalidFile, LostFile, Refused, suggest
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.unreadable import UnreadableDocument
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth
from runner import suggestions

_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class WorkflowGate(NamedTuple):
    """A gate as a workflow defines it."""

    gate: str
    name: str
    agent: str
    prompt_template: str | None
    """The file with its instructions; None where it has none."""
    description: str
    requires: tuple[str, ...] = ()
    """The gates that must have passed before this one may start."""
    independent_of: tuple[str, ...] = ()
    """The gates whose work must be by another agent."""


class Workflow(NamedTuple):
    """A workflow, as in its file with the hash `sha256`.

    `artifact_path` is a template, None where the run must give a path.
    """

    name: str
    version: str
    description: str
    artifact_path: str | None
    variables: Mapping[str, str]
    gates: tuple[WorkflowGate, ...]
    path: str
    sha256: str

    def expand_artifact_path(self, slug: str, depth: Depth) -> str:
        """The default artifact path. Raises Refused where the workflow has none."""
        if self.artifact_path is None:
            raise Refused(f"workflow {self.name!r} has no default artifact path; give --artifact-path")
        from gate_tests.compiler.templates import expand  # `orch run show` needs none of these three

        return expand(self.artifact_path, {"slug": slug, "depth": depth})

    def bind_variables(self, slug: str, artifact_path: str, depth: Depth) -> dict[str, str]:
        """The values of the workflow's variables in one run."""
        from runner.workflows.validation import expand_value

        values = {"slug": slug, "artifact_path": artifact_path, "depth": str(depth)}
        return {name: expand_value(template, values) for name, template in self.variables.items()}


def load_workflow(workspace: Workspace, name: str) -> Workflow:
    """Loads and validates the workflow `name`. Raises Refused where it does not exist, InvalidFile."""
    known = workspace.workflows()
    if name not in known:
        raise Refused(
            f"unknown workflow {name!r}{suggest(name, known)}",
            next_command=suggestions.RUN_HELP if known else _suggest_first_workflow(name),
            lost_file=LostFile(workspace.root, workspace.workflow_path(name)) if is_workflow_name(name) else None,
        )
    try:
        document = workspace.read_document(workspace.workflow_path(name))
    except UnreadableDocument as error:
        raise InvalidFile([str(error)]) from None
    return parse_workflow(workspace, name, document)


def parse_workflow(workspace: Workspace, name: str, document: Document) -> Workflow:
    """The workflow `name` in its document. Raises InvalidFile."""
    from runner.workflows.validation import find_workflow_errors

    if errors := find_workflow_errors(workspace, name, document):
        raise InvalidFile(errors)
    return _parse(document)


def _suggest_first_workflow(name: str) -> str:
    """`orch init` where that brings this workflow, else the command that writes one."""
    from runner.workflows.bundled import bundled_directory

    is_bundled = name in {path.stem for path in bundled_directory().glob("workflows/*.json")}
    return (
        suggestions.INIT if is_bundled else suggestions.new_workflow(name if is_workflow_name(name) else "my-workflow")
    )


def is_workflow_name(name: str) -> bool:
    """Whether it is a valid workflow name: words of letters and digits joined by single hyphens."""
    return _NAME.fullmatch(name) is not None


def find_workflow_with_gate(workspace: Workspace, gate: str) -> Workflow | None:
    """The first workflow that has the gate. Raises InvalidFile."""
    workflows = (load_workflow(workspace, name) for name in workspace.workflows())
    return next((each for each in workflows if any(entry.gate == gate for entry in each.gates)), None)


def list_agents(workspace: Workspace) -> list[str]:
    """The agents of all valid workflows, each once."""
    agents: dict[str, None] = {}
    for name in workspace.workflows():
        with suppress(InvalidFile, Refused):
            agents |= dict.fromkeys(gate.agent for gate in load_workflow(workspace, name).gates)
    return [*agents]


def _parse(document: Document) -> Workflow:
    data = document.data
    return Workflow(
        name=data["workflow"],
        version=data["version"],
        description=data.get("description", ""),
        artifact_path=data.get("artifact_path"),
        variables=data.get("variables", {}),
        gates=tuple(
            WorkflowGate(
                gate=gate["gate"],
                name=gate["name"],
                agent=gate["agent"],
                prompt_template=gate["prompt_template"],
                description=gate.get("description", ""),
                requires=tuple(gate.get("requires", ())),
                independent_of=tuple(gate.get("independent_of", ())),
            )
            for gate in data["gates"]
        ),
        path=document.path,
        sha256=document.sha256,
    )
