"""Everything in a JSON value that breaks a schema, each in one line that says where."""

from itertools import islice
from typing import Any, NamedTuple

from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from gate_tests.checks.types.json_schema.keywords import keywords
from gate_tests.checks.types.json_schema.schema_check import UnusableSchema, UnusableValue, draft_of, out_of_file
from gate_tests.strict_json.document import JsonPath, format_json_path
from gate_tests.strict_json.validation import truncate_json

_MOST = 1000
"""Breaches that are looked for: a large file may hold millions."""
_TOLD = 300  # characters of a breach


class Breach(NamedTuple):
    """Where a value breaks its schema, and in one line what it breaks."""

    path: JsonPath
    told: str


class Breaches(NamedTuple):
    """What breaks the schema, and whether that is not all."""

    breaches: list[Breach]
    are_more: bool


def breaches(value: Any, schema: Any, limit_s: float) -> Breaches:
    """Everything in `value` that breaks `schema`, whose regexes may take `limit_s` together.

    Raises UnusableSchema, UnusableValue.
    """
    draft = draft_of(schema)
    applied: type[Validator] = extend(draft, keywords(draft.VALIDATORS, limit_s))  # type: ignore[no-untyped-call]
    validator = applied(schema, registry=Registry())
    try:
        errors = list(islice(validator.iter_errors(value), _MOST + 1))
    except Unresolvable as problem:
        raise UnusableSchema(out_of_file(problem.ref)) from None
    except RecursionError:
        raise UnusableValue("it is nested too deeply for the schema, or the schema leads back to itself") from None
    except ArithmeticError:
        raise UnusableValue("a number in it is too large for the schema") from None
    return Breaches([_breach(error) for error in errors[:_MOST]], len(errors) > _MOST)


def _breach(error: ValidationError) -> Breach:
    path: JsonPath = tuple(error.absolute_path)
    told = f"{format_json_path(path)}: {_broken(error)}"
    return Breach(path, told if len(told) <= _TOLD else told[: _TOLD - 1] + "…")


def _broken(error: ValidationError) -> str:
    """What is broken, in words of ours where jsonschema's would show the whole value."""
    if error.validator in ("required", "additionalProperties", "unevaluatedProperties", "unevaluatedItems"):
        return error.message
    got = f"(got {truncate_json(error.instance)})"
    return (
        f"breaks {error.validator} {truncate_json(error.validator_value)} {got}"
        if error.validator
        else f"not allowed {got}"
    )
