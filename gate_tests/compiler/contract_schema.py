"""The JSON Schema of a contract, with the keys of the check types that it may name."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gate_tests.checks.registry import check_type, known_types
from gate_tests.contract import Severity
from gate_tests.errors import InvalidFile
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.validation import read_schema


def contract_schema(types: Iterable[str] | None = None, known: Iterable[str] | None = None) -> dict[str, Any]:
    """The JSON Schema (draft-07) of a contract: the file's frame, filled with the fragments of these check types.

    Every type that is `known` may be named, but those of `types` alone have to be imported; where nothing is said,
    it is all there are, those of installed packages too. The type is an `enum` and each type's
    keys stand under an `if`: errors then speak of the type that was meant, which `oneOf` would bury.
    """
    known = tuple(known_types() if known is None else known)
    schema = read_schema(Path(__file__).with_name("contract.schema.json"))
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
                "if": {"required": ["type"], "properties": {"type": {"const": each.name}}},
                "then": {
                    "title": each.name,
                    "description": each.summary,
                    "required": list(each.required),
                    "properties": {**(common if each.target_key else _without_missing_ok(common)), **each.keys},
                    "additionalProperties": False,
                    "examples": [each.example],
                },
            }
            for each in map(check_type, known if types is None else types)
        ],
    }
    return schema


def _without_missing_ok(common: dict[str, Any]) -> dict[str, Any]:
    """What is about no file cannot be missing."""
    return {key: rule for key, rule in common.items() if key != "missing_ok"}


def named_types(document: Document) -> list[str]:
    """The types that the document names, right or wrong as it is, known or not."""
    data = document.data
    checks = data.get("validations") if isinstance(data, dict) else None
    named = [check.get("type") for check in checks if isinstance(check, dict)] if isinstance(checks, list) else []
    return list(dict.fromkeys(name for name in named if isinstance(name, str)))


def schema_for(document: Document) -> dict[str, Any]:
    """The schema of a contract, as much of it as the document can break: of the types it names and can use."""
    named = named_types(document)
    known = known_types(named)
    return contract_schema([name for name in known if name in named and not unusable_reasons(name)], known)


def unusable_reasons(name: str) -> tuple[str, ...]:
    """What keeps a check type that is known from being used: its package is broken."""
    try:
        check_type(name)
    except InvalidFile as error:
        return error.problems
    return ()
