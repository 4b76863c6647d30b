"""Checks a JSON document against a JSON Schema and words what is wrong with it.

Each fault is one line: the file, the line, the JSON path, the rule, what was got and what is known. Only a document
that has one pays for importing jsonschema.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gate_tests.errors import find_closest, suggest
from gate_tests.strict_json.document import Document, JsonPath
from gate_tests.strict_json.fast_validation import Schema, conforms

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_BOUNDS: Final = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most"}
_SHOWN: Final = 60  # characters of a value in a message


def read_schema(path: Path) -> dict[str, Any]:
    """A schema that ships with us."""
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return schema


def faults(document: Document, schema: Schema) -> list[str]:
    """Every fault of the document, in the order of the file; an empty list if it conforms."""
    if conforms(document.data, schema):
        return []
    from jsonschema import Draft7Validator

    found = []
    for error in Draft7Validator(schema).iter_errors(document.data):
        for path, message in _worded(error):
            found.append((document.line(path), f"{document.at(path)}: {message}"))
    if not found:
        raise AssertionError(f"{document.path}: conformity and jsonschema disagree")
    return [message for _, message in sorted(dict.fromkeys(found))]


def shown(value: Any) -> str:
    """A value as it stands in a message: JSON, cut to a length."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _worded(error: "ValidationError") -> Iterator[tuple[JsonPath, str]]:
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
                yield path, f"the key {key!r} is missing{_near(key, unknown)}"
    elif error.validator == "enum" and isinstance(value, str):
        yield path, f"unknown value {value!r}{suggest(value, map(str, rule))}"
    else:
        yield path, f"{_rule(error)} (got {shown(value)})"


def _known_keys(error: "ValidationError") -> list[str]:
    schema: Any = error.schema
    return list(schema.get("properties", {}))


def _key_patterns(error: "ValidationError") -> list[str]:
    schema: Any = error.schema
    return list(schema.get("patternProperties", {}))


def _near(key: str, unknown: list[str]) -> str:
    """Names the unknown key that was probably meant to be the missing one."""
    close = find_closest(key, unknown)
    return f" (got {close!r})" if close else ""


def _rule(error: "ValidationError") -> str:
    value: Any = error.validator_value
    match error.validator:
        case "type":
            return f"must be {_article(value)}"
        case "minLength" | "minItems" | "minProperties":
            return "must not be empty"
        case bound if bound in _BOUNDS:
            return f"must be {_BOUNDS[bound]} {value}"
        case "uniqueItems":
            return "must not name anything twice"
        case "enum":
            return f"must be one of {shown(value)}"
        case "pattern":
            return f"must match {value}"
        case _:
            return f"breaks the rule {error.validator} {shown(value)}"


def _article(kind: Any) -> str:
    names = [kind] if isinstance(kind, str) else list(kind)
    spoken = {"object": "an object", "array": "a list", "integer": "a whole number", "boolean": "true or false"}
    return " or ".join(spoken.get(name, f"a {name}") for name in names)
