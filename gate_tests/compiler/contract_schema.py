"""The JSON Schema of a contract, with the keys of the check types that it may name."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from gate_tests.checks.registry import check_type, list_type_names
from gate_tests.contract import Severity
from gate_tests.errors import InvalidFile
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.validation import read_schema


def contract_schema(types: Iterable[str] | None = None, known: Iterable[str] | None = None) -> dict[str, Any]:
    """The JSON Schema (draft-07) of a contract: contract.schema.json with the fragments of these check types.

    A check may be of any type in `known`; only those in `types` are imported and have a fragment. Both default to all
    types, those of installed packages included. The type is an `enum` and each type's keys are under an `if`, so that
    errors are about the type that was meant; with `oneOf` they would be about every type.
    """
    known = tuple(list_type_names() if known is None else known)
    schema = read_schema(Path(__file__).with_name("contract.schema.json"))
    common = {
        "type": {"enum": list(known), "description": "The check type."},
        "description": {"type": "string", "description": "Why the check exists; shown when it fails, and recorded."},
        "severity": {
            "enum": [str(severity) for severity in Severity],
            "default": "error",
            "description": "A failed check with severity `warning` is shown and recorded, but does not fail the gate.",
        },
        "missing_ok": {
            "type": "boolean",
            "default": False,
            "description": "Pass if the target is missing. By default a missing target fails the check.",
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
    """For a check that is not about a file, which cannot be missing."""
    return {key: rule for key, rule in common.items() if key != "missing_ok"}


def named_types(document: Document) -> list[str]:
    """The check types that the document names, known or not; the document need not be valid."""
    data = document.data
    checks = data.get("validations") if isinstance(data, dict) else None
    named = [check.get("type") for check in checks if isinstance(check, dict)] if isinstance(checks, list) else []
    return list(dict.fromkeys(name for name in named if isinstance(name, str)))


def schema_for(document: Document) -> dict[str, Any]:
    """The schema for this document, with the fragments only of the types that it names and that are usable."""
    named = named_types(document)
    known = list_type_names(named)
    return contract_schema([name for name in known if name in named and not unusable_reasons(name)], known)


def unusable_reasons(name: str) -> tuple[str, ...]:
    """Why a known check type cannot be used: its package is broken. Empty if it can be used."""
    try:
        check_type(name)
    except InvalidFile as error:
        return error.problems
    return ()
