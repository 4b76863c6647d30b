"""Validates a workflow: against its schema, then the names that must agree with each other."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Final

from gate_tests.compiler.templates import BUILT_IN_VARIABLES, UnknownVariable, expand
from gate_tests.errors import Refused, suggest
from gate_tests.strict_json.document import Document
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth, check_value, normal_path
from runner.workflows.agent_names import is_same_agent

RESERVED_NAMES: Final = ("start", "list", "show", "complete", "resume", "repair", "check")
"""Names of `orch run` commands, which no workflow may have: `orch run <workflow>` would be ambiguous."""


def find_workflow_errors(workspace: Workspace, name: str, document: Document) -> list[str]:
    """The errors of a workflow's file, each with its line; empty where it is valid."""
    from gate_tests.strict_json.validation import find_schema_errors, format_errors
    from runner.schemas import load_schema

    errors = find_schema_errors(document, load_schema("workflow"))
    return errors or format_errors(document, _find_name_errors(workspace, name, document.data))


def _find_name_errors(
    workspace: Workspace, name: str, data: Mapping[str, Any]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """What the schema cannot express: names that must agree with each other."""
    errors: list[tuple[tuple[str | int, ...], str]] = []
    if data["workflow"] != name:
        errors.append((("workflow",), f"is {data['workflow']!r}, but the file name says {name!r}"))
    if name in RESERVED_NAMES:
        errors.append((("workflow",), f"{name!r} is a command of `orch run`, so no workflow can have this name"))
    for variable in data.get("variables", {}):
        if variable in BUILT_IN_VARIABLES:
            errors.append((("variables", variable), f"{variable!r} is a built-in variable and cannot be redefined"))
    errors += _find_character_errors(data)
    errors += _find_template_errors(data)
    seen = set()
    for index, gate in enumerate(data["gates"]):
        expected_path = workspace.contract_path(gate["gate"])
        if gate.get("contract", expected_path) != expected_path:
            errors.append(
                (("gates", index, "contract"), f"is {gate['contract']!r}, but the contract's path is {expected_path}")
            )
        if gate["gate"] in seen:
            errors.append((("gates", index, "gate"), f"duplicate gate {gate['gate']!r}"))
        seen.add(gate["gate"])
    yield from errors
    yield from _find_prerequisite_errors(data["gates"])


def _find_character_errors(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Names and paths with control characters, which a terminal would obey."""
    texts: dict[tuple[str | int, ...], object] = {("version",): data["version"]}
    for index, gate in enumerate(data["gates"]):
        texts |= {("gates", index, key): gate.get(key) for key in ("name", "agent", "prompt_template")}
    for json_path, text in texts.items():
        if isinstance(text, str):
            yield from _find_binding_error(json_path, partial(check_value, text))


def _find_prerequisite_errors(gates: list[Mapping[str, Any]]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """`requires` and `independent_of` name gates of the workflow; required ones come earlier, so there is no cycle."""
    agents = {gate["gate"]: gate["agent"] for gate in gates}
    places = {gate: index for index, gate in enumerate(agents)}
    for index, gate in enumerate(gates):
        for key in ("requires", "independent_of"):
            for number, named in enumerate(gate.get(key, ())):
                json_path, own = ("gates", index, key, number), gate["gate"]
                others = (other for other in agents if other != own)  # listed for an error only
                if named == own:
                    yield json_path, f"names its own gate {own!r}{suggest(own, others)}"
                elif named not in agents:
                    yield json_path, f"unknown gate {named!r}{suggest(named, others)}"
                elif key == "requires" and places[named] > places[own]:
                    yield (
                        json_path,
                        f"gate {named!r} comes later in the list; a gate can only require earlier ones",
                    )
                elif key == "independent_of" and is_same_agent(agents[named], gate["agent"]):
                    yield (
                        json_path,
                        f"gate {named!r} has the same agent, {gate['agent']!r}; independent gates need different"
                        " agents",
                    )


def _find_template_errors(data: Mapping[str, Any]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Templates that no run could be started with: each is expanded with values that a run might have."""
    values = {"slug": "slug", "depth": str(Depth.STANDARD)}
    if (template := data.get("artifact_path")) is not None:
        yield from _find_binding_error(("artifact_path",), partial(_expand_artifact_path, template, values))
    values["artifact_path"] = "path"
    for name, template in data.get("variables", {}).items():
        yield from _find_binding_error(("variables", name), partial(expand_value, template, values))


def _expand_artifact_path(template: str, values: Mapping[str, str]) -> str:
    return normal_path(expand(template, values), "artifact path")


def expand_value(template: str, values: Mapping[str, str]) -> str:
    """The value of a variable that the workflow declares. Raises UnknownVariable, Refused."""
    return check_value(expand(template, values))


def _find_binding_error(
    json_path: tuple[str | int, ...], binding: Callable[[], str]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    try:
        binding()
    except UnknownVariable as error:
        yield json_path, str(error)
    except Refused as error:
        yield json_path, error.message
