"""Checks whether a schema can be used: its draft, its regexes and the targets of its references."""

from collections.abc import Iterable
from typing import Any, Final

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
    """A schema that is not valid, or that needs another file."""


class UnusableValue(Exception):
    """A value that cannot be validated."""


_MAX_MESSAGE_CHARS: Final = 300  # of a message of jsonschema


def check_schema(schema: Any) -> type[Validator]:
    """The validator class for the draft that the schema names, all of it checked. Raises UnusableSchema."""
    if not isinstance(schema, dict):
        raise UnusableSchema("is no JSON object")
    draft = _find_draft(schema)
    try:
        _check_keywords(schema, draft)
        _check_references(schema, draft)
    except SchemaError as error:
        raise UnusableSchema(
            f"is no schema: {format_json_path(tuple(error.absolute_path))}: {error.message[:_MAX_MESSAGE_CHARS]}"
        ) from None
    except RecursionError:
        raise UnusableSchema("is nested too deeply") from None
    except (AttributeError, TypeError):  # such as a reference in `extends` or `disallow` of draft 3
        raise UnusableSchema("has parts that cannot be followed by the draft it names") from None
    return draft


def compile_regex(pattern: str) -> Pattern:
    """A regex of a schema, compiled. Raises UnusableSchema."""
    try:
        compiled = compile_schema_pattern(pattern)
        compiled.compiled  # noqa: B018  # it may raise, too
        return compiled
    except BadRegex as error:
        raise UnusableSchema(f"its regex {truncate_json(pattern)} cannot be used: {error}") from None


def _check_regexes(schema: Any) -> None:
    """Checks each regex of this part of a schema, whether it is applied or not. Raises UnusableSchema."""
    if isinstance(schema, dict):
        patterns = [schema.get("pattern"), *_iter_keys(schema.get("patternProperties"))]
        for pattern in patterns:
            if isinstance(pattern, str):
                compile_regex(pattern)


def _iter_keys(value: Any) -> Iterable[Any]:
    return value if isinstance(value, dict) else ()


def describe_unresolvable(reference: str) -> str:
    """The error for a reference that leads out of the schema's file."""
    return f"the reference {truncate_json(reference)} leads nowhere in that file, and no other is read"


_NO_FORMATS: Final = FormatChecker(formats=())
"""With formats, jsonschema would check that regexes are Python's; those of a schema are JavaScript's."""


def _check_keywords(schema: Any, draft: Any) -> None:
    """Checks it against the meta-schema of its draft. Raises SchemaError."""
    draft.check_schema(schema, _NO_FORMATS)


def _find_draft(schema: dict[str, Any]) -> type[Validator]:
    named = schema.get("$schema", Draft202012Validator.META_SCHEMA["$id"])
    draft = validator_for({"$schema": named}, default=None) if isinstance(named, str) else None  # type: ignore[arg-type]
    if draft is None:
        raise UnusableSchema(f"names a draft in $schema that is not known: {truncate_json(named)}")
    return draft


def _check_references(schema: dict[str, Any], draft: type[Validator]) -> None:
    """Checks that each reference leads to a schema in the same file, whether it is applied or not."""
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
        for reference in _find_references(resource):
            target = _resolve(reference, resolver)
            if id(target.contents) not in seen:  # it may be at a place that is not a subschema
                _check_keywords(target.contents, draft)
                pending.append((specification.create_resource(target.contents), target.resolver))
        pending += [(part, resolver.in_subresource(part)) for part in resource.subresources()]


def _resolve(reference: str, resolver: Any) -> Any:
    try:
        target = resolver.lookup(reference)
    except (Unresolvable, ValueError):
        raise UnusableSchema(describe_unresolvable(reference)) from None
    if not isinstance(target.contents, dict | bool):
        raise UnusableSchema(f"the reference {truncate_json(reference)} leads to what is no schema")
    return target


def _find_references(resource: Resource[Any]) -> list[str]:
    if not isinstance(resource.contents, dict):
        return []
    references = (resource.contents.get(key) for key in ("$ref", "$dynamicRef", "$recursiveRef"))
    return [reference for reference in references if isinstance(reference, str)]
