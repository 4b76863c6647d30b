"""Extracts the part of a contract that conforms to the schema, so that one error does not hide others."""

from typing import Any, Final

from gate_tests.contract import Contract, parse_contract
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fast_validation import Schema, is_valid

_COMMON_KEYS: Final = ("description", "severity", "missing_ok")
_MINIMAL_CONTRACT: Final = {"gate": "G", "name": "-"}
_PLACEHOLDERS: Final[dict[str, Any]] = {
    "validations": {"type": "file_exists", "target": "-"},
    "pre_scripts": {"path": "-"},
    "required_skills": {"path": "{slug}"},
    "required_outputs": {"path": "-"},
}
"""By the key of its list, what replaces an invalid entry, so that the others keep their index."""


def extract_valid_part(document: Document, schema: Schema) -> Contract | None:
    """The contract without what violates the schema, each part at its index; None if the document is no object."""
    if not isinstance(document.data, dict):
        return None
    filtered = {key: _filter_entries(key, value, schema) for key, value in document.data.items()}
    valid = {key: value for key, value in filtered.items() if is_valid({**_MINIMAL_CONTRACT, key: value}, schema)}
    return parse_contract(Document(document.path, {**_MINIMAL_CONTRACT, **valid}, document.content))


def _filter_entries(key: str, value: Any, schema: Schema) -> Any:
    if key == "required_outputs" and isinstance(value, dict):
        return {group: _replace_invalid_entries(key, group, entries, schema) for group, entries in value.items()}
    return _replace_invalid_entries(key, None, value, schema)


def _replace_invalid_entries(key: str, group: str | None, value: Any, schema: Schema) -> Any:
    if key not in _PLACEHOLDERS or not isinstance(value, list):
        return value
    return [_replace_if_invalid(key, group, entry, schema) for entry in value]


def _replace_if_invalid(key: str, group: str | None, entry: Any, schema: Schema) -> Any:
    """The entry if it is valid, else without the keys common to all checks if that is, else the placeholder."""
    own_keys = (
        {name: value for name, value in entry.items() if name not in _COMMON_KEYS} if isinstance(entry, dict) else entry
    )
    valid = (each for each in (entry, own_keys) if _is_valid_alone(key, group, each, schema))
    return next(valid, _PLACEHOLDERS[key])


def _is_valid_alone(key: str, group: str | None, entry: Any, schema: Schema) -> bool:
    alone: Any = [entry] if group is None else {group: [entry]}
    return is_valid({**_MINIMAL_CONTRACT, key: alone}, schema)
