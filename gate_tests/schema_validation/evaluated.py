"""Which members of an object, and items of a list, a JSON Schema has spoken of: `unevaluated…` is about all others.

jsonschema finds them too, but with regexes of Python's, which may take as long as they like, and a list's in time that
grows with its square.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from referencing.jsonschema import lookup_recursive_ref

Occurs = Callable[[str, str], bool]
"""Whether a regex of the schema matches somewhere in a text."""


def evaluated_keys(validator: Any, value: Mapping[str, Any], schema: Any, occurs: Occurs) -> set[str]:
    """The keys of `value` that the schema speaks of, or one that it applies in the same place."""
    if not isinstance(schema, dict):
        return set()
    keys = {key for key in schema.get("properties", ()) if key in value}
    for pattern in schema.get("patternProperties", ()):
        keys |= {key for key in value if occurs(pattern, key)}
    for rule in [schema[name] for name in ("additionalProperties", "unevaluatedProperties") if name in schema]:
        keys |= {key for key, member in value.items() if key not in keys and _conforms(validator, member, rule)}
    for there, applied in _applied(validator, value, schema):
        keys |= evaluated_keys(there, value, applied, occurs)
    return keys


def evaluated_items(validator: Any, value: Sequence[Any], schema: Any) -> set[int]:
    """The places in the list `value` that the schema speaks of, or one that it applies in the same place."""
    if not isinstance(schema, dict):
        return set()
    if _speaks_of_all(schema):
        return set(range(len(value)))
    first: Sequence[Any] = schema.get("prefixItems") or schema.get("items") or ()
    places = set(range(min(len(first), len(value))))
    if "contains" in schema and "prefixItems" in validator.VALIDATORS:  # from draft 2020-12 on
        places |= {place for place, item in enumerate(value) if _conforms(validator, item, schema["contains"])}
    if "unevaluatedItems" in schema:
        rule = schema["unevaluatedItems"]
        places |= {place for place, item in enumerate(value) if _conforms(validator, item, rule)}
    for there, applied in _applied(validator, value, schema):
        places |= evaluated_items(there, value, applied)
    return places


def _speaks_of_all(schema: Mapping[str, Any]) -> bool:
    """By `items`; or, up to draft 2019-09, by `additionalItems` behind a list of those."""
    items = schema.get("items")
    return isinstance(items, dict | bool) or (isinstance(items, list) and "additionalItems" in schema)


def _applied(validator: Any, value: Any, schema: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """The schemas that the value conforms to and that this one applies to it, each with its validator."""
    for resolved in _referred(validator, schema):
        yield validator.evolve(schema=resolved.contents, _resolver=resolved.resolver), resolved.contents
    for key, dependent in schema.get("dependentSchemas", {}).items():
        if isinstance(value, dict) and key in value:
            yield validator, dependent
    for name in ("allOf", "oneOf", "anyOf"):
        yield from ((validator, each) for each in schema.get(name, ()) if _conforms(validator, value, each))
    if "if" in schema:
        conforms = _conforms(validator, value, schema["if"])
        chosen = ("if", "then") if conforms else ("else",)
        yield from ((validator, schema[name]) for name in chosen if name in schema)


def _referred(validator: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    yield from (validator._resolver.lookup(schema[name]) for name in ("$ref", "$dynamicRef") if name in schema)
    if "$recursiveRef" in schema:
        yield lookup_recursive_ref(validator._resolver)


def _conforms(validator: Any, value: Any, schema: Any) -> bool:
    return next(validator.descend(value, schema), None) is None
