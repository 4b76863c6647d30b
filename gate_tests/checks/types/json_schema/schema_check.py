"""Whether a schema can be used as it is: by its draft, its regexes and where its references lead."""

from collections.abc import Iterable
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker, SchemaError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import specification_with

from gate_tests.js_regex.nodes import BadRegex
from gate_tests.js_regex.pattern import Pattern, compile_schema_pattern
from gate_tests.strict_json.document import format_json_path
from gate_tests.strict_json.validation import truncate_json


class UnusableSchema(Exception):
    """A schema that is none, or that cannot be applied without another file."""


class UnusableValue(Exception):
    """A value that the schema cannot be applied to."""


_TOLD = 300  # characters of what jsonschema says of it


def draft_of(schema: Any) -> type[Validator]:
    """What applies the draft that the schema names, all of the schema being fit for use. Raises UnusableSchema."""
    if not isinstance(schema, dict):
        raise UnusableSchema("is no JSON object")
    draft = _named_draft(schema)
    try:
        _check_form(schema, draft)
        _refuse_ways_out(schema, draft)
    except SchemaError as error:
        raise UnusableSchema(
            f"is no schema: {format_json_path(tuple(error.absolute_path))}: {error.message[:_TOLD]}"
        ) from None
    except RecursionError:
        raise UnusableSchema("is nested too deeply") from None
    except (AttributeError, TypeError):  # of draft 3 a reference in `extends` or `disallow`, for one
        raise UnusableSchema("has parts that cannot be followed by the draft it names") from None
    return draft


def regex_of(pattern: str) -> Pattern:
    """A regex of a schema, compiled. Raises UnusableSchema."""
    try:
        return compile_schema_pattern(pattern)
    except BadRegex as problem:
        raise UnusableSchema(f"its regex {truncate_json(pattern)} cannot be used: {problem}") from None


def _check_regexes(schema: Any) -> None:
    """Every regex of it can be used, whether a value comes upon it or not. Raises UnusableSchema."""
    if isinstance(schema, dict):
        patterns = [schema.get("pattern"), *_members(schema.get("patternProperties"))]
        for pattern in patterns:
            if isinstance(pattern, str):
                regex_of(pattern)


def _members(value: Any) -> Iterable[Any]:
    return value if isinstance(value, dict) else ()


def out_of_file(reference: str) -> str:
    """In words, that a reference leads out of the schema."""
    return f"the reference {truncate_json(reference)} leads nowhere in that file, and no other is read"


_NO_FORMATS = FormatChecker(formats=())
"""A regex of a schema is JavaScript's: jsonschema would ask whether it is one of Python's."""


def _check_form(schema: Any, draft: Any) -> None:
    """It has the form that its draft asks for. Raises SchemaError."""
    draft.check_schema(schema, _NO_FORMATS)


def _named_draft(schema: dict[str, Any]) -> type[Validator]:
    named = schema.get("$schema", Draft202012Validator.META_SCHEMA["$id"])
    draft = validator_for({"$schema": named}, default=None) if isinstance(named, str) else None  # type: ignore[arg-type]
    if draft is None:
        raise UnusableSchema(f"names a draft in $schema that is not known: {truncate_json(named)}")
    return draft


def _refuse_ways_out(schema: dict[str, Any], draft: type[Validator]) -> None:
    """Every reference must lead to a schema in the same file, whether a value comes upon it or not."""
    specification = specification_with(draft.META_SCHEMA["$schema"])
    root = specification.create_resource(schema)
    resolver = Registry().with_resource("", root).resolver_with_root(root)
    pending, seen = [(root, resolver)], set[int]()
    while pending:
        resource, resolver = pending.pop()
        if id(resource.contents) in seen:
            continue
        seen.add(id(resource.contents))
        _check_regexes(resource.contents)
        for reference in _references(resource):
            target = _target(reference, resolver)
            if id(target.contents) not in seen:  # it may stand where no schema is looked for
                _check_form(target.contents, draft)
                pending.append((specification.create_resource(target.contents), target.resolver))
        pending += [(part, resolver.in_subresource(part)) for part in resource.subresources()]


def _target(reference: str, resolver: Any) -> Any:
    try:
        target = resolver.lookup(reference)
    except (Unresolvable, ValueError):
        raise UnusableSchema(out_of_file(reference)) from None
    if not isinstance(target.contents, dict | bool):
        raise UnusableSchema(f"the reference {truncate_json(reference)} leads to what is no schema")
    return target


def _references(resource: Resource[Any]) -> list[str]:
    if not isinstance(resource.contents, dict):
        return []
    references = (resource.contents.get(key) for key in ("$ref", "$dynamicRef", "$recursiveRef"))
    return [reference for reference in references if isinstance(reference, str)]
