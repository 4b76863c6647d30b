"""Loads a gate's contract: reads it, holds it against its schema, and says what is wrong with it."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gate_tests.checks.registry import RULES, known_types, rule_type, unusable_types
from gate_tests.contract import Contract, Severity, parse_contract
from gate_tests.errors import InvalidFile, OrchError, Refused, suggest
from gate_tests.strict_json.document import Document, UnreadableDocument
from gate_tests.strict_json.validation import faults, read_schema
from gate_tests.workspace.layout import CONTRACT_SUFFIX, Workspace
from gate_tests.workspace.names import check_gate_id


def load_contract(workspace: Workspace, gate: str) -> Contract:
    """The contract of `gate`, validated. Raises Refused where there is none, InvalidFile where it is wrong."""
    return validated(read_contract(workspace, gate))


def validated(document: Document) -> Contract:
    """The contract that the document is. Raises InvalidFile where it is wrong."""
    if found := _faults(document):
        raise InvalidFile(found)
    return parse_contract(document)


def contract_schema(types: Iterable[str] | None = None, known: Iterable[str] | None = None) -> dict[str, Any]:
    """The JSON Schema (draft-07) of a contract: the file's frame, filled with the fragments of these check types.

    Every type that is `known` may be named, but those of `types` alone have to be imported; where nothing is said,
    it is all there are, those of installed packages too. The type is an `enum` and each type's
    keys stand under an `if`: errors then speak of the type that was meant, which `oneOf` would bury.
    """
    known = tuple(known_types() if known is None else known)
    schema = read_schema(Path(__file__).parent / "schemas/contract.schema.json")
    common = {
        "type": {"enum": list(known), "description": "What is checked."},
        "description": {"type": "string", "description": "Why it must be so; shown where it is not, and recorded."},
        "severity": {
            "enum": [str(severity) for severity in Severity],
            "default": "error",
            "description": "A `warning` is shown and recorded, and never fails the gate.",
        },
        "missing_ok": {
            "type": "boolean",
            "default": False,
            "description": "Whether the check holds where nothing stands at its target. Otherwise it fails there.",
        },
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
                    "description": rule.summary,
                    "required": list(rule.required),
                    "properties": {**(common if rule.target_key else _without_missing_ok(common)), **rule.keys},
                    "additionalProperties": False,
                    "examples": [rule.example],
                },
            }
            for rule in map(rule_type, known if types is None else types)
        ],
    }
    return schema


def _without_missing_ok(common: dict[str, Any]) -> dict[str, Any]:
    """What is about no file cannot be missing."""
    return {key: rule for key, rule in common.items() if key != "missing_ok"}


def require_contract(workspace: Workspace, gate: str) -> None:
    """Raises Refused where the gate has no contract, InvalidFile where what stands there is no file of ours."""
    path = workspace.contract_path(gate)
    if not workspace.holds(path):
        raise InvalidFile([f"{path}: leaves the root through a symlink"])
    if not (workspace.root / path).exists():
        raise _missing(workspace, gate)
    if not (workspace.root / path).is_file():
        raise InvalidFile([f"{path}: is no file; a contract is wanted"])


def _missing(workspace: Workspace, gate: str) -> OrchError:
    path, known = workspace.contract_path(gate), workspace.gates_with_contract()
    if gate in known:
        return InvalidFile([f"{path}: is a link to nothing"])
    slip = next((each for each in known if each.casefold() == gate.casefold()), None)
    return Refused(
        f"no contract for gate {gate!r}: {path} does not exist{suggest(gate, known)}",
        next_command=f"orch contract explain {slip}" if slip else f"orch contract new {gate} --name NAME",
    )


def read_contract(workspace: Workspace, gate: str) -> Document:
    """The contract of `gate` as it stands, right or wrong. Raises Refused where there is none, InvalidFile."""
    try:
        return workspace.read_document(workspace.contract_path(gate))
    except FileNotFoundError:
        raise _missing(workspace, gate) from None
    except UnreadableDocument as error:
        raise InvalidFile([str(error)]) from None


def _named_types(document: Document) -> list[str]:
    """The types that the document names, right or wrong as it is, known or not."""
    data = document.data
    checks = data.get("validations") if isinstance(data, dict) else None
    named = [check.get("type") for check in checks if isinstance(check, dict)] if isinstance(checks, list) else []
    return list(dict.fromkeys(name for name in named if isinstance(name, str)))


def schema_for(document: Document) -> dict[str, Any]:
    """The schema of a contract, as much of it as the document can break: of the types it names and can use."""
    named = _named_types(document)
    known = known_types(named)
    return contract_schema([name for name in known if name in named and not _why_unusable(name)], known)


def _why_unusable(name: str) -> tuple[str, ...]:
    """What keeps a check type that is known from being used: its package is broken."""
    try:
        rule_type(name)
    except InvalidFile as error:
        return error.problems
    return ()


def _faults(document: Document) -> list[str]:
    return [
        *faults(document, schema_for(document)),
        *_faults_of_packages(_named_types(document)),
        *_faults_of_gate(document),
    ]


def _faults_of_packages(named: list[str]) -> list[str]:
    if RULES.keys() >= set(named):
        return []
    broken = [fault for name in known_types(named) if name in named for fault in _why_unusable(name)]
    return [*broken, *unusable_types()]


def _faults_of_gate(document: Document) -> list[str]:
    """What no schema can say of the gate's id: it must be one, and what the file is called by."""
    gate = document.data.get("gate") if isinstance(document.data, dict) else None
    stem = document.path.rpartition("/")[2].removesuffix(CONTRACT_SUFFIX)
    if not isinstance(gate, str):
        return []
    if gate != stem:
        return [f"{document.at(('gate',))}: {gate!r} disagrees with the file name, which says {stem!r}"]
    try:
        check_gate_id(gate)
    except Refused as error:
        return [f"{document.at(('gate',))}: {error.message}"]
    return []
