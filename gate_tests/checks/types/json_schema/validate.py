"""Validates a JSON value against a JSON Schema and finds every error, each described in one line."""

from itertools import islice
from typing import Any, Final, NamedTuple

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from gate_tests.checks.types.json_schema.keywords import override_keywords
from gate_tests.checks.types.json_schema.schema_check import (
    UnusableSchema,
    UnusableValue,
    check_schema,
    describe_unresolvable,
)
from gate_tests.strict_json.document import JsonPath, format_json_path
from gate_tests.strict_json.validation import truncate_json
from gate_tests.strict_json.written_float import WrittenFloat

_MAX_ERRORS: Final = 1000  # a large file may have millions
_MAX_MESSAGE_CHARS: Final = 300


class SchemaViolation(NamedTuple):
    """An error in a value: where, and the message, which begins with the place."""

    path: JsonPath
    message: str


class SchemaViolations(NamedTuple):
    """The first errors in a value, and whether it has more."""

    found: list[SchemaViolation]
    has_more: bool


def validate(value: Any, schema: Any, limit_s: float) -> SchemaViolations:
    """Validates `value`; all regexes of the schema together may run for `limit_s` seconds.

    Raises UnusableSchema, UnusableValue.
    """
    draft = check_schema(schema)
    extended: type[Validator] = extend(draft, override_keywords(draft.VALIDATORS, limit_s))  # type: ignore[no-untyped-call]
    validator = extended(schema, registry=Registry())
    try:
        errors = list(islice(validator.iter_errors(value), _MAX_ERRORS + 1))
    except Unresolvable as error:
        raise UnusableSchema(describe_unresolvable(error.ref)) from None
    except RecursionError:
        raise UnusableValue("the JSON is nested too deeply, or the schema refers to itself endlessly") from None
    except ArithmeticError:
        raise UnusableValue("a number is too large for the schema") from None
    return SchemaViolations([_to_violation(error) for error in errors[:_MAX_ERRORS]], len(errors) > _MAX_ERRORS)


def _to_violation(error: ValidationError) -> SchemaViolation:
    path: JsonPath = tuple(error.absolute_path)
    message = f"{format_json_path(path)}: {_describe_error(error)}"
    if len(message) > _MAX_MESSAGE_CHARS:
        message = message[: _MAX_MESSAGE_CHARS - 1] + "…"
    return SchemaViolation(path, message)


def _describe_error(error: ValidationError) -> str:
    """Our own message where that of jsonschema would contain the whole value."""
    if error.validator in ("required", "additionalProperties", "unevaluatedProperties", "unevaluatedItems"):
        return error.message
    value = error.instance
    found = f"(found {value.written if isinstance(value, WrittenFloat) else truncate_json(value)})"
    return (
        f"violates {error.validator} {truncate_json(error.validator_value)} {found}"
        if error.validator
        else f"not allowed {found}"
    )
