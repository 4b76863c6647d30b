"""What of a contract conforms to the schema, so that a fault in one place does not hide those in others."""

from typing import Any, Final

from gate_tests.contract import Contract, parse_contract
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fast_validation import Schema, is_valid

_COMMON: Final = ("description", "severity", "missing_ok")
_FRAME: Final = {"gate": "G", "name": "-"}
_STAND_INS: Final[dict[str, Any]] = {
    "validations": {"type": "file_exists", "target": "-"},
    "pre_scripts": {"path": "-"},
    "required_skills": {"path": "{slug}"},
    "required_outputs": {"path": "-"},
}
"""By the list it stands in, what takes the place of an entry that does not conform: the others keep theirs."""


def sound_part(document: Document, schema: Schema) -> Contract | None:
    """The contract without what its schema refuses, each part at its old place; None where there is nothing of one."""
    if not isinstance(document.data, dict):
        return None
    kept = {key: _kept(key, value, schema) for key, value in document.data.items()}
    sound = {key: value for key, value in kept.items() if is_valid({**_FRAME, key: value}, schema)}
    return parse_contract(Document(document.path, {**_FRAME, **sound}, document.content))


def _kept(key: str, value: Any, schema: Schema) -> Any:
    if key == "required_outputs" and isinstance(value, dict):
        return {group: _sound_list(key, group, entries, schema) for group, entries in value.items()}
    return _sound_list(key, None, value, schema)


def _sound_list(key: str, group: str | None, value: Any, schema: Schema) -> Any:
    if key not in _STAND_INS or not isinstance(value, list):
        return value
    return [_sound_entry(key, group, entry, schema) for entry in value]


def _sound_entry(key: str, group: str | None, entry: Any, schema: Schema) -> Any:
    """The entry, or it without what means nothing to a rule, if that conforms; else what stands in for it."""
    own = {name: value for name, value in entry.items() if name not in _COMMON} if isinstance(entry, dict) else entry
    sound = (each for each in (entry, own) if _conforms_alone(key, group, each, schema))
    return next(sound, _STAND_INS[key])


def _conforms_alone(key: str, group: str | None, entry: Any, schema: Schema) -> bool:
    alone: Any = [entry] if group is None else {group: [entry]}
    return is_valid({**_FRAME, key: alone}, schema)
