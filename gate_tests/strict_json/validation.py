"""Validates a JSON document against a JSON Schema, with messages for people.

Each error is one line: file, line, JSON path, the rule, what was found and what is known. jsonschema is imported
only for a document with errors.
"""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gate_tests.errors import find_closest, suggest
from gate_tests.strict_json.document import Document, JsonPath
from gate_tests.strict_json.fast_validation import Schema, has_unique_items, is_valid

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_BOUND_PHRASES: Final = {"minimum": "at least", "exclusiveMinimum": "more than", "maximum": "at most"}
MAX_ERRORS: Final = 100
"""How many errors of a document are listed."""
_MAX_LINE_CHARACTERS: Final = 1000
_MAX_VALUE_CHARACTERS: Final = 60  # characters of a value in a message


def read_schema(path: Path) -> dict[str, Any]:
    """Read a schema that is part of this package."""
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return schema


def find_schema_errors(document: Document, schema: Schema) -> list[str]:
    """Every error of the document, see `format_errors`."""
    if is_valid(document.data, schema):
        return []
    errors = format_errors(document, chain.from_iterable(map(_describe_error, _iterate_errors(document.data, schema))))
    if not errors:
        raise AssertionError(f"{document.path}: conformity and jsonschema disagree")
    return errors


def format_errors(document: Document, errors: Iterable[tuple[JsonPath, str]]) -> list[str]:
    """A line for each error, in the order of the file. Of more than MAX_ERRORS the rest is left out, with a line."""
    found = list(islice(errors, MAX_ERRORS + 1))
    errors_by_line = {(document.line(path), f"{document.at(path)}: {message}") for path, message in found[:MAX_ERRORS]}
    more = [f"{document.path}: has more than {MAX_ERRORS} errors"] if len(found) > MAX_ERRORS else []
    return [_shorten(line) for _, line in sorted(errors_by_line)] + more


def _shorten(line: str) -> str:
    return line if len(line) <= _MAX_LINE_CHARACTERS else f"{line[: _MAX_LINE_CHARACTERS - 1]}…"


def _iterate_errors(value: Any, schema: Schema) -> "Iterator[ValidationError]":
    from jsonschema import Draft7Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend

    def check_unique_items(_: Any, is_required: bool, items: Any, __: Schema) -> "Iterator[ValidationError]":
        # jsonschema compares every two items
        if is_required and isinstance(items, list) and not has_unique_items(items):
            yield ValidationError("")

    validator: type[Draft7Validator] = extend(Draft7Validator, {"uniqueItems": check_unique_items})  # type: ignore[no-untyped-call]
    return validator(schema).iter_errors(value)


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
                yield path, f"missing key {key!r}{_name_similar(key, unknown)}"
    elif error.validator == "enum" and isinstance(value, str):
        yield path, f"unknown value {value!r}{suggest(value, map(str, rule))}"
    else:
        yield path, f"{_describe_rule(error)} (found {truncate_json(value)})"


def _known_keys(error: "ValidationError") -> list[str]:
    schema: Any = error.schema
    return list(schema.get("properties", {}))


def _key_patterns(error: "ValidationError") -> list[str]:
    schema: Any = error.schema
    return list(schema.get("patternProperties", {}))


def _name_similar(key: str, unknown: list[str]) -> str:
    """Name the unknown key that is probably a misspelling of the missing one."""
    close = find_closest(key, unknown)
    return f" (found {close!r})" if close else ""


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
            return "must not contain duplicates"
        case "enum":
            return f"must be one of {truncate_json(value)}"
        case "pattern":
            return f"must match {value}"
        case _:
            return f"violates {error.validator} {truncate_json(value)}"


def _describe_types(types: Any) -> str:
    names = [types] if isinstance(types, str) else list(types)
    phrases = {"object": "an object", "array": "a list", "integer": "an integer", "boolean": "true or false"}
    return " or ".join(phrases.get(name, f"a {name}") for name in names)
