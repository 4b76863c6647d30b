"""Checks whether a schema can be used: its draft, its regexes and the targets of its references."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from jsonschema import FormatChecker, SchemaError
from jsonschema.protocols import Validator
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import specification_with

from gate_tests.checks.types.json_schema.drafts import DEFAULT_DRAFT, DRAFTS, find_draft, suggest_draft
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
        raise UnusableSchema("is not a JSON object")
    draft = DRAFTS[name_draft(schema)]
    for _ in walk_schema(schema, draft):
        pass
    return draft


def name_draft(schema: Mapping[str, Any]) -> str:
    """The name of the draft in `$schema`, else of the newest one. Raises UnusableSchema."""
    if "$schema" not in schema:
        return DEFAULT_DRAFT
    named = schema["$schema"]
    if (draft := find_draft(named)) is None:
        words = f"unknown draft in $schema: {truncate_json(named)}{suggest_draft(named)}"
        raise UnusableSchema(words)
    return draft


def walk_schema(schema: Mapping[str, Any], draft: type[Validator]) -> Iterator[Any]:
    """Each part of it that is a schema, all of it checked on the way. Raises UnusableSchema."""
    try:
        _check_keywords(schema, draft)
        yield from _iterate_parts(schema, draft)
    except SchemaError as error:
        words = f"{format_json_path(tuple(error.absolute_path))}: {error.message[:_MAX_MESSAGE_CHARS]}"
        taken = "" if "$schema" in schema else f" (no $schema, so draft {DEFAULT_DRAFT} is used)"
        raise UnusableSchema(f"is not a valid schema: {words}{taken}") from None
    except RecursionError:
        raise UnusableSchema("is nested too deeply") from None
    except (AttributeError, TypeError):  # such as a reference in `extends` or `disallow` of draft 3
        raise UnusableSchema("is not valid for its draft") from None


def compile_regex(pattern: str) -> Pattern:
    """A regex of a schema, compiled. Raises UnusableSchema."""
    try:
        compiled = compile_schema_pattern(pattern)
        compiled.compiled  # noqa: B018  # it may raise, too
        return compiled
    except BadRegex as error:
        raise UnusableSchema(f"invalid regex {truncate_json(pattern)}: {error}") from None


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
    return f"the reference {truncate_json(reference)} does not resolve in this file, and no other file is read"


_NO_FORMATS: Final = FormatChecker(formats=())
"""With formats, jsonschema would check that regexes are Python's; those of a schema are JavaScript's."""


def _check_keywords(schema: Any, draft: Any) -> None:
    """Checks it against the meta-schema of its draft. Raises SchemaError."""
    draft.check_schema(schema, _NO_FORMATS)


def _iterate_parts(schema: Mapping[str, Any], draft: type[Validator]) -> Iterator[Any]:
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
        yield resource.contents
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
        raise UnusableSchema(f"the reference {truncate_json(reference)} does not point to a schema")
    return target


def _find_references(resource: Resource[Any]) -> list[str]:
    if not isinstance(resource.contents, dict):
        return []
    references = (resource.contents.get(key) for key in ("$ref", "$dynamicRef", "$recursiveRef"))
    return [reference for reference in references if isinstance(reference, str)]
