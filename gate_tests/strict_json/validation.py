"""Validates a JSON document against a JSON Schema, with messages for people.

Each error is one line: file, line, JSON path, the rule, what was found and what is known. jsonschema is imported
only for a document with errors.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gate_tests.errors import find_closest, suggest
from gate_tests.strict_json.document import Document, JsonPath
from gate_tests.strict_json.fast_validation import Schema, is_valid

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_BOUND_PHRASES: Final = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most"}
_MAX_VALUE_CHARACTERS: Final = 60  # characters of a value in a message


def read_schema(path: Path) -> dict[str, Any]:
    """Read a schema that is part of this package."""
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return schema


def find_schema_errors(document: Document, schema: Schema) -> list[str]:
    """Every error of the document, in the order of the file."""
    if is_valid(document.data, schema):
        return []
    from jsonschema import Draft7Validator

    errors = []
    for error in Draft7Validator(schema).iter_errors(document.data):
        for path, message in _describe_error(error):
            errors.append((document.line(path), f"{document.at(path)}: {message}"))
    if not errors:
        raise AssertionError(f"{document.path}: conformity and jsonschema disagree")
    return [message for _, message in sorted(dict.fromkeys(errors))]


def truncate_json(value: Any) -> str:
    """A value as JSON, truncated for a message."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _MAX_VALUE_CHARACTERS else text[: _MAX_VALUE_CHARACTERS - 1] + "…"


def _describe_error(error: "ValidationError") -> Iterator[tuple[JsonPath, str]]:
    path: JsonPath = tuple(error.absolute_path)
    value: Any = error.instance
    rule: Any = error.validator_value
    if error.validator == "additionalProperties":
        known = _known_keys(error)
        for key in value:
            if key not in known and not any(re.search(pattern, key) for pattern in _key_patterns(error)):
                yield (*path, key), f"unknown key {key!r}{suggest(key, known)}"
    elif error.validator == "required":
        unknown = [name for name in value if name not in _known_keys(error)]
        for key in rule:
            if key not in value:
                yield path, f"the key {key!r} is missing{_name_similar(key, unknown)}"
    elif error.validator == "enum" and isinstance(value, str):
        yield path, f"unknown value {value!r}{suggest(value, map(str, rule))}"
    else:
        yield path, f"{_describe_rule(error)} (got {truncate_json(value)})"


def _known_keys(error: "ValidationError") -> list[str]:
    schema: Any = error.schema
    return list(schema.get("properties", {}))


def _key_patterns(error: "ValidationError") -> list[str]:
    schema: Any = error.schema
    return list(schema.get("patternProperties", {}))


def _name_similar(key: str, unknown: list[str]) -> str:
    """Name the unknown key that is probably a misspelling of the missing one."""
    close = find_closest(key, unknown)
    return f" (got {close!r})" if close else ""


def _describe_rule(error: "ValidationError") -> str:
    value: Any = error.validator_value
    match error.validator:
        case "type":
            return f"must be {_describe_types(value)}"
        case "minLength" | "minItems" | "minProperties":
            return "must not be empty"
        case bound if bound in _BOUND_PHRASES:
            return f"must be {_BOUND_PHRASES[bound]} {value}"
        case "uniqueItems":
            return "must not name anything twice"
        case "enum":
            return f"must be one of {truncate_json(value)}"
        case "pattern":
            return f"must match {value}"
        case _:
            return f"breaks the rule {error.validator} {truncate_json(value)}"


def _describe_types(types: Any) -> str:
    names = [types] if isinstance(types, str) else list(types)
    phrases = {"object": "an object", "array": "a list", "integer": "a whole number", "boolean": "true or false"}
    return " or ".join(phrases.get(name, f"a {name}") for name in names)
