"""Holds a JSON value against a JSON Schema that somebody wrote, whatever is in either; fetches nothing.

Only a check that needs it imports this module, and jsonschema with it.
"""

from collections.abc import Hashable, Iterable, Iterator
from itertools import islice
from time import monotonic
from typing import Any, NamedTuple

from jsonschema import Draft202012Validator, FormatChecker, SchemaError
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend, validator_for
from referencing import Registry, Resource
from referencing.exceptions import Unresolvable
from referencing.jsonschema import specification_with

from gate_tests.checks.enumeration import MOST_RECORDED
from gate_tests.checks.evaluated import evaluated_items, evaluated_keys
from gate_tests.checks.pattern import Pattern, TooSlow, pattern_of_schema
from gate_tests.checks.syntax import BadRegex
from gate_tests.document import JsonPath, dotted
from gate_tests.schema import shown

_MOST = 1000
"""Breaches that are looked for: a large file may hold millions."""
_TOLD = 300  # characters of a breach


class UnusableSchema(Exception):
    """A schema that is none, or that cannot be applied without another file."""


class UnusableValue(Exception):
    """A value that the schema cannot be applied to."""


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
    validator = _validator(schema, _Regexes(limit_s))
    try:
        errors = list(islice(validator.iter_errors(value), _MOST + 1))
    except Unresolvable as problem:
        raise UnusableSchema(_out_of_file(problem.ref)) from None
    except RecursionError:
        raise UnusableValue("it is nested too deeply for the schema, or the schema leads back to itself") from None
    except ArithmeticError:
        raise UnusableValue("a number in it is too large for the schema") from None
    return Breaches([_breach(error) for error in errors[:_MOST]], len(errors) > _MOST)


def _validator(schema: Any, regexes: "_Regexes") -> Validator:
    """What applies the schema, by the draft that it names. Raises UnusableSchema."""
    if not isinstance(schema, dict):
        raise UnusableSchema("is no JSON object")
    draft = _draft(schema)
    try:
        _check_form(schema, draft)
        _refuse_ways_out(schema, draft)
    except SchemaError as error:
        raise UnusableSchema(f"is no schema: {dotted(tuple(error.absolute_path))}: {error.message[:_TOLD]}") from None
    except RecursionError:
        raise UnusableSchema("is nested too deeply") from None
    except (AttributeError, TypeError):  # of draft 3 a reference in `extends` or `disallow`, for one
        raise UnusableSchema("has parts that cannot be followed by the draft it names") from None
    ours: dict[str, Any] = {
        "uniqueItems": _unique_items,
        "pattern": regexes.pattern,
        "patternProperties": regexes.pattern_properties,
        "additionalProperties": regexes.additional_properties,
    }
    if "unevaluatedProperties" in draft.VALIDATORS:
        ours |= {"unevaluatedProperties": regexes.unevaluated_properties, "unevaluatedItems": _unevaluated_items}
    applied: type[Validator] = extend(draft, ours)  # type: ignore[no-untyped-call]
    return applied(schema, registry=Registry())


_NO_FORMATS = FormatChecker(formats=())
"""A regex of a schema is JavaScript's: jsonschema would ask whether it is one of Python's."""


def _check_form(schema: Any, draft: Any) -> None:
    """It has the form that its draft asks for. Raises SchemaError."""
    draft.check_schema(schema, _NO_FORMATS)


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
        compiled, began = _regex(pattern), monotonic()
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
    elif unexpected := [repr(key) for key in islice(others, MOST_RECORDED)]:
        verb = "was" if len(unexpected) == 1 else "were"
        yield ValidationError(f"{kind} properties are not allowed ({', '.join(unexpected)} {verb} unexpected)")


def _regex(pattern: str) -> Pattern:
    try:
        return pattern_of_schema(pattern)
    except BadRegex as problem:
        raise UnusableSchema(f"its regex {shown(pattern)} cannot be used: {problem}") from None


def _check_regexes(schema: Any) -> None:
    """Every regex of it can be used, whether a value comes upon it or not. Raises UnusableSchema."""
    if isinstance(schema, dict):
        patterns = [schema.get("pattern"), *_members(schema.get("patternProperties"))]
        for pattern in patterns:
            if isinstance(pattern, str):
                _regex(pattern)


def _members(value: Any) -> Iterable[Any]:
    return value if isinstance(value, dict) else ()


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


def _draft(schema: dict[str, Any]) -> type[Validator]:
    named = schema.get("$schema", Draft202012Validator.META_SCHEMA["$id"])
    draft = validator_for({"$schema": named}, default=None) if isinstance(named, str) else None  # type: ignore[arg-type]
    if draft is None:
        raise UnusableSchema(f"names a draft in $schema that is not known: {shown(named)}")
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
        raise UnusableSchema(_out_of_file(reference)) from None
    if not isinstance(target.contents, dict | bool):
        raise UnusableSchema(f"the reference {shown(reference)} leads to what is no schema")
    return target


def _references(resource: Resource[Any]) -> list[str]:
    if not isinstance(resource.contents, dict):
        return []
    references = (resource.contents.get(key) for key in ("$ref", "$dynamicRef", "$recursiveRef"))
    return [reference for reference in references if isinstance(reference, str)]


def _out_of_file(reference: str) -> str:
    return f"the reference {shown(reference)} leads nowhere in that file, and no other is read"


def _breach(error: ValidationError) -> Breach:
    path: JsonPath = tuple(error.absolute_path)
    told = f"{dotted(path)}: {_broken(error)}"
    return Breach(path, told if len(told) <= _TOLD else told[: _TOLD - 1] + "…")


def _broken(error: ValidationError) -> str:
    """What is broken, in words of ours where jsonschema's would show the whole value."""
    if error.validator in ("required", "additionalProperties", "unevaluatedProperties", "unevaluatedItems"):
        return error.message
    got = f"(got {shown(error.instance)})"
    return f"breaks {error.validator} {shown(error.validator_value)} {got}" if error.validator else f"not allowed {got}"
