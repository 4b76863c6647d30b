"""A gate's contract as it stands in its file: which files must exist and what they must contain."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gate_tests.document import Document, JsonPath, UnreadableDocument
from gate_tests.errors import InvalidFile, Refused, suggest
from gate_tests.names import Depth
from gate_tests.outcome import Severity
from gate_tests.workspace import CONTRACT_SUFFIX, Workspace


@dataclass(frozen=True)
class Output:
    """A file that the gate's work must, or may, leave."""

    path: str
    description: str
    required: bool
    required_for_depth: frozenset[str] | None
    optional_for_depth: frozenset[str]
    json_path: JsonPath

    def is_optional(self, depth: Depth) -> bool:
        """Whether a run of this depth may leave the output out."""
        if depth in self.optional_for_depth:
            return True
        if self.required_for_depth is not None:
            return depth not in self.required_for_depth
        return not self.required


@dataclass(frozen=True)
class Validation:
    """One entry of `validations`, as written; `keys` are the ones that belong to its type."""

    type: str
    keys: Mapping[str, Any]
    description: str
    severity: Severity
    missing_ok: bool
    json_path: JsonPath


@dataclass(frozen=True)
class Limits:
    """How much a check may take. `text_bytes` in bytes, the others in seconds."""

    text_bytes: int = 16 * 1024 * 1024
    regex_s: float = 2
    check_s: float = 600


@dataclass(frozen=True)
class Contract:
    """What a gate demands. Of `any_of` at least one must exist; `all_of` each, unless optional."""

    gate: str
    name: str
    blocking: bool
    description: str
    any_of: tuple[Output, ...]
    all_of: tuple[Output, ...]
    validations: tuple[Validation, ...]
    limits: Limits
    document: Document

    @property
    def outputs(self) -> tuple[Output, ...]:
        """Every declared output, `any_of` first."""
        return (*self.any_of, *self.all_of)


def load_contract(workspace: Workspace, gate: str) -> Contract:
    """The contract of `gate`, validated. Raises Refused where there is none, InvalidFile where it is wrong."""
    document = _read(workspace, gate)
    faults = _faults(document)
    if faults:
        raise InvalidFile(faults)
    return _parse(document)


def load_contract_lightly(workspace: Workspace, gate: str) -> Contract:
    """The same, without paying for jsonschema unless something looks wrong. What it lets pass, the finish finds."""
    document = _read(workspace, gate)
    try:
        contract = _parse(document)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InvalidFile(_faults(document)) from None
    if contract.gate != gate or any(validation.type not in _known_types() for validation in contract.validations):
        raise InvalidFile(_faults(document))
    return contract


@cache
def contract_schema() -> dict[str, Any]:
    """The JSON Schema (draft-07) of a contract: the file's frame, filled with the fragment of every check type.

    The type is an `enum` and each type's keys stand under an `if`: errors then speak of the type that was meant,
    which `oneOf` would bury.
    """
    from gate_tests.checks import RULES
    from gate_tests.schema import read_schema

    schema = read_schema(Path(__file__).parent / "schemas/contract.schema.json")
    common = {
        "type": {"enum": list(_known_types())},
        "description": {"type": "string"},
        "severity": {"enum": [str(severity) for severity in Severity], "default": "error"},
        "missing_ok": {"type": "boolean", "default": False},
    }
    schema["definitions"]["validation"] = {
        "type": "object",
        "required": ["type"],
        "properties": {"type": common["type"]},
        "allOf": [
            {
                "if": {"required": ["type"], "properties": {"type": {"const": rule.type}}},
                "then": {
                    "title": rule.type,
                    "required": list(rule.required),
                    "properties": {**common, **rule.keys},
                    "additionalProperties": False,
                },
            }
            for rule in RULES
        ],
    }
    return schema


def _known_types() -> tuple[str, ...]:
    from gate_tests.checks import RULES

    return tuple(rule.type for rule in RULES)


def _read(workspace: Workspace, gate: str) -> Document:
    path = workspace.contract_path(gate)
    try:
        return Document.read(workspace.root, path)
    except FileNotFoundError:
        raise Refused(
            f"no contract for gate {gate!r}: {path} does not exist{suggest(gate, workspace.gates_with_contract())}"
        ) from None
    except UnreadableDocument as error:
        raise InvalidFile([str(error)]) from None


def _faults(document: Document) -> list[str]:
    from gate_tests.schema import faults

    found = faults(document, contract_schema())
    stem = document.path.rpartition("/")[2].removesuffix(CONTRACT_SUFFIX)
    if not found and document.data["gate"] != stem:
        found.append(
            f"{document.at(('gate',))}: {document.data['gate']!r} disagrees with the file name, which says {stem!r}"
        )
    return found


def _parse(document: Document) -> Contract:
    data = document.data
    outputs = data.get("required_outputs", {})
    return Contract(
        gate=data["gate"],
        name=data["name"],
        blocking=data.get("blocking", True),
        description=data.get("description", ""),
        any_of=tuple(_outputs(outputs, "any_of")),
        all_of=tuple(_outputs(outputs, "all_of")),
        validations=tuple(_validation(index, entry) for index, entry in enumerate(data.get("validations", []))),
        limits=Limits(**data.get("limits", {})),
        document=document,
    )


def _outputs(outputs: Mapping[str, Any], group: str) -> list[Output]:
    return [
        Output(
            path=entry["path"],
            description=entry.get("description", ""),
            required=entry.get("required", True),
            required_for_depth=frozenset(entry["required_for_depth"]) if "required_for_depth" in entry else None,
            optional_for_depth=frozenset(entry.get("optional_for_depth", ())),
            json_path=("required_outputs", group, index),
        )
        for index, entry in enumerate(outputs.get(group, []))
    ]


def _validation(index: int, entry: Mapping[str, Any]) -> Validation:
    common = ("type", "description", "severity", "missing_ok")
    return Validation(
        type=entry["type"],
        keys={key: value for key, value in entry.items() if key not in common},
        description=entry.get("description", ""),
        severity=Severity(entry.get("severity", "error")),
        missing_ok=entry.get("missing_ok", False),
        json_path=("validations", index),
    )
