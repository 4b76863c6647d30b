"""The keywords that jsonschema applies too slowly, without a time limit or with another meaning: our own versions.

Measured with jsonschema 4.26: `uniqueItems` over 1,000 objects takes it more than 25 s (here 3 ms), `unevaluatedItems`
over 30,000 items more than 25 s (2 s), `unevaluatedProperties` over 10,000 members 14 s (2 s). Its own also match
regexes as Python does, and without a time limit.
"""

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from itertools import islice
from time import monotonic
from typing import Any

from jsonschema.exceptions import ValidationError
from referencing.jsonschema import lookup_recursive_ref

from gate_tests.checks.truncation import MAX_RECORDED
from gate_tests.checks.types.json_schema.multiple_of import apply_multiple_of
from gate_tests.checks.types.json_schema.schema_check import UnusableSchema, compile_regex
from gate_tests.js_regex.pattern import TooSlow
from gate_tests.strict_json.validation import truncate_json
from gate_tests.strict_json.written_float import to_exact

Matches = Callable[[str, str], bool]
"""`(pattern, text)`: whether a regex of the schema matches somewhere in a text."""


def find_evaluated_keys(validator: Any, value: Mapping[str, Any], schema: Any, matches: Matches) -> set[str]:
    """The keys of `value` that the schema, or one that it applies in place, has evaluated."""
    if not isinstance(schema, dict):
        return set()
    keys = {key for key in schema.get("properties", ()) if key in value}
    for pattern in schema.get("patternProperties", ()):
        keys |= {key for key in value if matches(pattern, key)}
    for name in ("additionalProperties", "unevaluatedProperties"):
        if name in schema:
            rest = {key: member for key, member in value.items() if key not in keys}
            keys |= {key for key, member in rest.items() if _conforms(validator, member, schema[name])}
    for nested, applied in _iter_applied(validator, value, schema):
        keys |= find_evaluated_keys(nested, value, applied, matches)
    return keys


def find_evaluated_items(validator: Any, value: Sequence[Any], schema: Any) -> set[int]:
    """The indexes of the list `value` that the schema, or one that it applies in place, has evaluated."""
    if not isinstance(schema, dict):
        return set()
    if _evaluates_all(schema):
        return set(range(len(value)))
    first: Sequence[Any] = schema.get("prefixItems") or schema.get("items") or ()
    indexes = set(range(min(len(first), len(value))))
    if "contains" in schema and "prefixItems" in validator.VALIDATORS:  # from draft 2020-12 on
        indexes |= {index for index, item in enumerate(value) if _conforms(validator, item, schema["contains"])}
    if "unevaluatedItems" in schema:
        rest = schema["unevaluatedItems"]
        indexes |= {index for index, item in enumerate(value) if _conforms(validator, item, rest)}
    for nested, applied in _iter_applied(validator, value, schema):
        indexes |= find_evaluated_items(nested, value, applied)
    return indexes


def _evaluates_all(schema: Mapping[str, Any]) -> bool:
    """By `items`; or, up to draft 2019-09, by `additionalItems` besides a list of `items`."""
    items = schema.get("items")
    return isinstance(items, dict | bool) or (isinstance(items, list) and "additionalItems" in schema)


def _iter_applied(validator: Any, value: Any, schema: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """The schemas that this one applies to the same value, if that conforms to them, each with its validator."""
    for resolved in _resolve_references(validator, schema):
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


def _resolve_references(validator: Any, schema: Mapping[str, Any]) -> Iterator[Any]:
    yield from (validator._resolver.lookup(schema[name]) for name in ("$ref", "$dynamicRef") if name in schema)
    if "$recursiveRef" in schema:
        yield lookup_recursive_ref(validator._resolver)


def _conforms(validator: Any, value: Any, schema: Any) -> bool:
    return next(validator.descend(value, schema), None) is None


Keyword = Callable[[Any, Any, Any, Any], Iterator[ValidationError]]
"""Applies a keyword: `(validator, the keyword's value, the value that is validated, the schema around)`."""


def override_keywords(known: Any, limit_s: float) -> dict[str, Keyword]:
    """Our versions of those that are `known` to the draft. All regexes together may run for `limit_s` seconds."""
    regexes = _RegexKeywords(limit_s)
    ours: dict[str, Keyword] = {
        "divisibleBy": apply_multiple_of,  # draft 3
        "multipleOf": apply_multiple_of,
        "uniqueItems": _unique_items,
        "pattern": regexes.pattern,
        "patternProperties": regexes.pattern_properties,
        "additionalProperties": regexes.additional_properties,
        "unevaluatedProperties": regexes.unevaluated_properties,
        "unevaluatedItems": _unevaluated_items,
    }
    return {name: keyword for name, keyword in ours.items() if name in known}


class _RegexKeywords:
    """The keywords with regexes, which get a time limit that jsonschema does not have.

    They have JavaScript's meaning with the flag `u`, as JSON Schema requires: `$` matches at the end of the text only,
    `\\d` and `\\w` are ASCII.
    """

    def __init__(self, limit_s: float) -> None:
        self.limit_s = self.left_s = limit_s

    def pattern(self, validator: Any, pattern: str, value: Any, _: Any) -> Iterator[ValidationError]:
        """`pattern`: it matches somewhere in the text."""
        if validator.is_type(value, "string") and not self._matches(pattern, value):
            yield ValidationError("does not match")

    def pattern_properties(self, validator: Any, rule: Any, value: Any, _: Any) -> Iterator[ValidationError]:
        """`patternProperties`: the members with matching keys conform."""
        for pattern, schema in rule.items() if validator.is_type(value, "object") else ():
            for key, member in value.items():
                if self._matches(pattern, key):
                    yield from validator.descend(member, schema, path=key, schema_path=pattern)

    def additional_properties(self, validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
        """`additionalProperties`: the members that neither of those two names conform, in file order."""
        if not validator.is_type(value, "object"):
            return
        named, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        others = (key for key in value if key not in named and not any(self._matches(each, key) for each in patterns))
        yield from _validate_members(validator, others, rule, value, "Additional")

    def unevaluated_properties(self, validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
        """`unevaluatedProperties`: the members that nothing else has evaluated conform, in file order."""
        if not validator.is_type(value, "object"):
            return
        evaluated = find_evaluated_keys(validator, value, _without(schema, "unevaluatedProperties"), self._matches)
        yield from _validate_members(
            validator, (key for key in value if key not in evaluated), rule, value, "Unevaluated"
        )

    def _matches(self, pattern: str, text: str) -> bool:
        started = monotonic()
        try:
            return next(compile_regex(pattern).starts(text, max(self.left_s, 0.001)), None) is not None
        except TooSlow:
            raise UnusableSchema(
                f"the regex {truncate_json(pattern)} timed out after {self.limit_s:g} s (limits.regex_s)"
            ) from None
        finally:
            self.left_s -= monotonic() - started


def _validate_members(
    validator: Any, keys: Iterator[str], rule: Any, value: Any, kind: str
) -> Iterator[ValidationError]:
    """The errors in the members at `keys`; where no such member is allowed, all in one error."""
    if rule is not False:
        for key in keys:
            yield from validator.descend(value[key], rule, path=key)
    elif unexpected := [repr(key) for key in islice(keys, MAX_RECORDED)]:
        verb = "was" if len(unexpected) == 1 else "were"
        yield ValidationError(f"{kind} properties are not allowed ({', '.join(unexpected)} {verb} unexpected)")


def _unevaluated_items(validator: Any, rule: Any, value: Any, schema: Any) -> Iterator[ValidationError]:
    """`unevaluatedItems`: the items that nothing else has evaluated conform, in file order."""
    if not validator.is_type(value, "array"):
        return
    evaluated = find_evaluated_items(validator, value, _without(schema, "unevaluatedItems"))
    indexes = [index for index in range(len(value)) if index not in evaluated]
    if rule is not False:
        for index in indexes:
            yield from validator.descend(value[index], rule, path=index)
    elif indexes:
        yield ValidationError(f"Unevaluated items are not allowed ({len(indexes)}, the first is item {indexes[0]})")


def _without(schema: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: part for key, part in schema.items() if key != name}


def _unique_items(validator: Any, rule: Any, value: Any, _: Any) -> Iterator[ValidationError]:
    """`uniqueItems` in linear time; jsonschema compares every two items."""
    if rule and validator.is_type(value, "array") and len(set(map(_to_hashable, value))) < len(value):
        yield ValidationError("duplicate item")


def _to_hashable(value: Any) -> Hashable:
    """Equal for values that are equal in JSON, such as 1 and 1.0, or objects with their keys in another order."""
    match value:
        case dict():
            return dict, frozenset((key, _to_hashable(member)) for key, member in value.items())
        case list():
            return list, tuple(map(_to_hashable, value))
        case bool():
            return bool, value
        case float():
            return to_exact(value)  # floats that are nearly alike have one hash
    return value  # type: ignore[no-any-return]
