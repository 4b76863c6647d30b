"""The keywords of JSON Schema that we apply ourselves, for jsonschema would have no end or another meaning."""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import islice
from time import monotonic
from typing import Any

from jsonschema.exceptions import ValidationError
from referencing.jsonschema import lookup_recursive_ref

from gate_tests.checks.truncation import MAX_RECORDED
from gate_tests.checks.types.json_schema.schema_check import UnusableSchema, regex_of
from gate_tests.js_regex.pattern import TooSlow
from gate_tests.strict_json.validation import shown

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


Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError]]
"""What applies a keyword: validator, the keyword's value, the value that is held against it, the schema around it."""


def keywords(known: Any, limit_s: float) -> dict[str, Keyword]:
    """Ours, of those that are `known` to the draft; the regexes of one schema may take `limit_s` together."""
    regexes = _Regexes(limit_s)
    ours: dict[str, Keyword] = {
        "uniqueItems": _unique_items,
        "pattern": regexes.pattern,
        "patternProperties": regexes.pattern_properties,
        "additionalProperties": regexes.additional_properties,
        "unevaluatedProperties": regexes.unevaluated_properties,
        "unevaluatedItems": _unevaluated_items,
    }
    return {name: keyword for name, keyword in ours.items() if name in known}


class _Regexes:
    """The regexes of a schema. They have an end, where jsonschema would wait for them as long as they take.

    They mean what they mean in JavaScript with the flag `u`, as JSON Schema asks: `$` is the end of the text and
    nowhere else, `\\d` and `\\w` are ASCII.
    """

    def __init__(self, limit_s: float) -> None:
        self.limit_s = self.left_s = limit_s

    def pattern(self, validator: Any, pattern: str, value: Any, _: Any) -> Iterator[ValidationError]:
        """`pattern`: the text matches somewhere."""
        if validator.is_type(value, "string") and not self._occurs(pattern, value):
            yield ValidationError("does not match")

    def pattern_properties(self, validator: Any, rule: Any, value: Any, _: Any) -> Iterator[ValidationError]:
        """`patternProperties`: the members whose key matches conform."""
        for pattern, schema in rule.items() if validator.is_type(value, "object") else ():
            for key, member in value.items():
                if self._occurs(pattern, key):
                    yield from validator.descend(member, schema, path=key, schema_path=pattern)

    def additional_properties(self, validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
        """`additionalProperties`: the members that neither of the two names conform, in the order of the file."""
        if not validator.is_type(value, "object"):
            return
        named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        others = (key for key in value if key not in named and not any(self._occurs(each, key) for each in patterns))
        yield from _breaking(validator, others, rule, value, "Additional")

    def unevaluated_properties(self, validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
        """`unevaluatedProperties`: the members that nothing else speaks of conform, in the order of the file."""
        if not validator.is_type(value, "object"):
            return
        evaluated = evaluated_keys(validator, value, _without(schema, "unevaluatedProperties"), self._occurs)
        yield from _breaking(validator, (key for key in value if key not in evaluated), rule, value, "Unevaluated")

    def _occurs(self, pattern: str, text: str) -> bool:
        compiled, began = regex_of(pattern), monotonic()
        try:
            return next(compiled.starts(text, max(self.left_s, 0.001)), None) is not None
        except TooSlow:
            raise UnusableSchema(f"its regex {shown(pattern)} ran longer than {self.limit_s:g} s") from None
        finally:
            self.left_s -= monotonic() - began


def _breaking(validator: Any, others: Iterator[str], rule: Any, value: Any, kind: str) -> Iterator[ValidationError]:
    """What of the other members breaks the rule for them; where none may be there, in one line."""
    if rule is not False:
        for key in others:
            yield from validator.descend(value[key], rule, path=key)
    elif unexpected := [repr(key) for key in islice(others, MAX_RECORDED)]:
        verb = "was" if len(unexpected) == 1 else "were"
        yield ValidationError(f"{kind} properties are not allowed ({', '.join(unexpected)} {verb} unexpected)")


def _unevaluated_items(validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    """The items that nothing else speaks of conform, in the order of the file."""
    if not validator.is_type(value, "array"):
        return
    evaluated = evaluated_items(validator, value, _without(schema, "unevaluatedItems"))
    others = [place for place in range(len(value)) if place not in evaluated]
    if rule is not False:
        for place in others:
            yield from validator.descend(value[place], rule, path=place)
    elif others:
        yield ValidationError(f"Unevaluated items are not allowed ({len(others)}, the first is item {others[0]})")


def _without(schema: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: part for key, part in schema.items() if key != name}


def _unique_items(validator: Any, rule: Any, value: Any, _: Any) -> Iterator[ValidationError]:
    """In time that grows with the list; jsonschema compares each item with each other."""
    if rule and validator.is_type(value, "array") and len(set(map(_identity, value))) < len(value):
        yield ValidationError("an item stands twice")


def _identity(value: Any) -> Hashable:
    """The same for values that are equal in JSON: 1 and 1.0, and objects whatever the order of their keys."""
    match value:
        case dict():
            return dict, frozenset((key, _identity(member)) for key, member in value.items())
        case list():
            return list, tuple(map(_identity, value))
        case bool():
            return bool, value
    return value  # type: ignore[no-any-return]
