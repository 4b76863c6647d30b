"""What is wrong with a workflow: what its schema says, and names that must agree with each other."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from gate_tests.compiler.templates import BUILT_IN_VARIABLES, UnknownVariable, expand
from gate_tests.errors import Refused, suggest
from gate_tests.strict_json.document import Document
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth, check_value, normal_path
from runner.workflows.agent_names import same_agent

RESERVED_NAMES = ("start", "list", "show", "complete", "resume", "repair", "check")
"""What a workflow cannot be called: `orch run <workflow>` would be another command."""


def workflow_problems(workspace: Workspace, name: str, document: Document) -> list[str]:
    """What is wrong with a workflow's file, each with its line; nothing, where it is valid."""
    from gate_tests.strict_json.validation import find_schema_errors
    from runner.schemas import load_schema

    found = find_schema_errors(document, load_schema("workflow"))
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
        yield from _refused(("variables", name), partial(expand_value, template, values))


def _place(template: str, values: Mapping[str, str]) -> str:
    return normal_path(expand(template, values), "artifact path")


def expand_value(template: str, values: Mapping[str, str]) -> str:
    """The value of a variable of the workflow's own. Raises UnknownVariable, Refused."""
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
