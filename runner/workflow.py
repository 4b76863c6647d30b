"""A workflow: which gates a run goes through, in which order, and what is asked of whom at each. Data, not code."""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from gate_tests.compiler.templates import BUILT_IN_VARIABLES, UnknownVariable, expand
from gate_tests.errors import InvalidFile, Refused, suggest
from gate_tests.strict_json.document import Document, UnreadableDocument
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth, check_value, normal_path

RESERVED_NAMES = ("start", "list", "show", "complete", "resume", "repair", "check")
"""What a workflow cannot be called: `orch run <workflow>` would be another command."""
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")


class WorkflowGate(NamedTuple):
    """One step of a workflow."""

    gate: str
    name: str
    agent: str
    prompt_template: str
    description: str
    requires: tuple[str, ...] = ()
    """The gates that must have passed before it is started."""
    independent_of: tuple[str, ...] = ()
    """The gates that its agent may not have passed."""


class Workflow(NamedTuple):
    """A workflow as its file has it. `artifact_path` is a template, None where a path must be given."""

    name: str
    version: str
    description: str
    artifact_path: str | None
    variables: Mapping[str, str]
    gates: tuple[WorkflowGate, ...]
    path: str

    def place_artifacts(self, slug: str, depth: Depth) -> str:
        """The artifact path for when none is given. Raises Refused where the workflow has no default."""
        if self.artifact_path is None:
            raise Refused(f"workflow {self.name!r} has no default artifact path; give --artifact-path")
        return expand(self.artifact_path, {"slug": slug, "depth": depth})

    def bind_variables(self, slug: str, artifact_path: str, depth: Depth) -> dict[str, str]:
        """The values of the workflow's own variables in one run."""
        values = {"slug": slug, "artifact_path": artifact_path, "depth": str(depth)}
        return {name: _value(template, values) for name, template in self.variables.items()}


def load_workflow(workspace: Workspace, name: str) -> Workflow:
    """The workflow called `name`, validated. Raises Refused where there is none, InvalidFile where it is wrong."""
    known = workspace.workflows()
    if name not in known:
        raise Refused(
            f"unknown workflow {name!r}{suggest(name, known)}", next_command="orch run --help" if known else "orch init"
        )
    try:
        document = workspace.read_document(workspace.workflow_path(name))
    except UnreadableDocument as error:
        raise InvalidFile([str(error)]) from None
    faults = _faults(workspace, name, document)
    if faults:
        raise InvalidFile(faults)
    return _parse(document)


def is_workflow_name(name: str) -> bool:
    """Whether a workflow may be called so: words of letters and digits joined by single hyphens."""
    return _NAME.fullmatch(name) is not None


def workflow_of(workspace: Workspace, gate: str) -> Workflow | None:
    """The first workflow that goes through the gate. Raises InvalidFile."""
    workflows = (load_workflow(workspace, name) for name in workspace.workflows())
    return next((each for each in workflows if any(step.gate == gate for step in each.gates)), None)


def usual_agent(workspace: Workspace, name: str, gate_id: str) -> str:
    """Who does the work of a gate as its workflow has it, for a hint; NAME where that cannot be told."""
    try:
        gates = workspace.read_document(workspace.workflow_path(name)).data["gates"]
        return next(str(gate["agent"]) for gate in gates if gate["gate"] == gate_id)
    except (OSError, UnreadableDocument, LookupError, TypeError, StopIteration):
        return "NAME"


def _faults(workspace: Workspace, name: str, document: Document) -> list[str]:
    from gate_tests.strict_json.validation import faults, read_schema

    found = faults(document, read_schema(Path(__file__).parent / "schemas/workflow.schema.json"))
    return found or [
        f"{document.at(path)}: {message}" for path, message in _disagreements(workspace, name, document.data)
    ]


def _disagreements(workspace: Workspace, name: str, data: Mapping[str, Any]) -> list[tuple[tuple[str | int, ...], str]]:
    """What no schema can say: names that must agree with each other."""
    found: list[tuple[tuple[str | int, ...], str]] = []
    if data["workflow"] != name:
        found.append((("workflow",), f"{data['workflow']!r} disagrees with the file name, which says {name!r}"))
    if name in RESERVED_NAMES:
        found.append((("workflow",), f"{name!r} is another `orch run` command; no workflow can be called so"))
    for variable in data.get("variables", {}):
        if variable in BUILT_IN_VARIABLES:
            found.append(
                (("variables", variable), f"{variable!r} has a meaning already; no workflow can give it another")
            )
    found += _faults_of_templates(data)
    seen = set()
    for index, gate in enumerate(data["gates"]):
        place = workspace.contract_path(gate["gate"])
        if gate.get("contract", place) != place:
            found.append(
                (("gates", index, "contract"), f"{gate['contract']!r} is not where the contract lies: {place}")
            )
        if gate["gate"] in seen:
            found.append((("gates", index, "gate"), f"gate {gate['gate']!r} stands twice"))
        seen.add(gate["gate"])
    return found + list(_faults_of_conditions(data["gates"]))


def same_agent(one: str, other: str) -> bool:
    """Whether two names are those of one agent: letter case, width, white space and what is unseen make no other."""
    return _bare(one) == _bare(other)


def _bare(agent: str) -> str:
    from unicodedata import category, normalize

    seen = "".join(each for each in normalize("NFKC", agent) if category(each) != "Cf")
    return " ".join(normalize("NFKC", seen.casefold()).split())


def _faults_of_conditions(gates: list[Mapping[str, Any]]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Gates are named that the workflow has, and required only where they come first, so in no circle."""
    agents = {gate["gate"]: gate["agent"] for gate in gates}
    places = {gate: index for index, gate in enumerate(agents)}
    for index, gate in enumerate(gates):
        for key in ("requires", "independent_of"):
            for number, named in enumerate(gate.get(key, ())):
                place, own = ("gates", index, key, number), gate["gate"]
                others = [other for other in agents if other != own]
                if named == own:
                    yield place, f"names its own gate {own!r}{suggest(own, others)}"
                elif named not in agents:
                    yield place, f"unknown gate {named!r}{suggest(named, others)}"
                elif key == "requires" and places[named] > places[own]:
                    yield place, f"gate {named!r} comes later in the list, so no run could go through it in its order"
                elif key == "independent_of" and same_agent(agents[named], gate["agent"]):
                    yield place, f"gate {named!r} has the same agent, {gate['agent']!r}; name another for one of them"


def _faults_of_templates(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What no run could be started with: a template is tried with the values that one might have."""
    values = {"slug": "slug", "depth": str(Depth.STANDARD)}
    if (place := data.get("artifact_path")) is not None:
        yield from _refused(("artifact_path",), partial(_place, place, values))
    values["artifact_path"] = "path"
    for name, template in data.get("variables", {}).items():
        yield from _refused(("variables", name), partial(_value, template, values))


def _place(template: str, values: Mapping[str, str]) -> str:
    return normal_path(expand(template, values), "artifact path")


def _value(template: str, values: Mapping[str, str]) -> str:
    return check_value(expand(template, values))


def _refused(
    json_path: tuple[str | int, ...], binding: Callable[[], str]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    try:
        binding()
    except UnknownVariable as error:
        yield json_path, str(error)
    except Refused as error:
        yield json_path, error.message


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
    )
