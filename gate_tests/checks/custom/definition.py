"""A check of a team's own: a function about a text, and what a contract may say of it."""

import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from gate_tests.errors import suggest
from gate_tests.strict_json.fast_validation import KEYWORDS, TYPES

RECORDED = frozenset((
    "id", "type", "path", "resolved_path", "severity", "pass", "description", "warning", "reason", "plugin",
))  # fmt: skip
"""What stands in the row of every such check, and is not the team's to say."""
_COMMON = frozenset(("type", "description", "severity", "missing_ok", "target"))
_DEFINITIONS = tuple(f"#/definitions/{name}" for name in ("path", "depths", "thresholds"))
_SCHEMAS_BY_NAME = ("properties", "patternProperties")
_NUMBERS = ("minimum", "exclusiveMinimum", "maximum", "minLength", "minItems", "minProperties")
_LISTS = ("enum", "required", "allOf")
_SCHEMAS = ("additionalProperties", "propertyNames", "items", "if", "then")


@dataclass(frozen=True)
class CustomCheck:
    """`judge(text, **keys)` gives True where the check holds; else False, or in words what it found instead.

    `keys` is the JSON Schema of the keys that a contract may give besides `target`, `required` names those it must
    give. `summary` goes on after "holds when". A judge that gives an `Outcome` may have values recorded, which
    `measures` tells the meaning of. `example` is what a contract gives, in the schema's examples. `mend` tells whoever
    did the work what to do where it does not hold.
    """

    judge: Callable[..., object]
    summary: str
    keys: Mapping[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    measures: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)
    mend: str = "Change the work until this holds; the reason says what was found instead."

    def fault(self) -> str | None:
        """What is wrong with it, if anything: told before a contract that names it is used."""
        if fault := self._fault_of_description():
            return fault
        reserved = [key for key in self.keys if key in _COMMON] + [key for key in self.measures if key in RECORDED]
        if reserved:
            return f"{reserved[0]!r} is no key of its own: every check has it"
        undeclared = [key for key in self.required if key not in self.keys]
        if undeclared:
            return f"requires {undeclared[0]!r}, which is not among its keys"
        return next(filter(None, map(_fault, self.keys.values())), None) or self._fault_of_judge()

    def _fault_of_description(self) -> str | None:
        """Whether what it says of itself is of the right kind."""
        for name in ("summary", "mend"):
            if not isinstance(text := getattr(self, name), str) or not text.isprintable() or not text:
                return f"its {name} must be one line of text"
        for name in ("keys", "measures", "example"):
            if not isinstance(value := getattr(self, name), Mapping):
                return f"its {name} must be a mapping (got {type(value).__name__})"
        return "its required keys must be a tuple of names" if isinstance(self.required, str) else None

    def _fault_of_judge(self) -> str | None:
        """Whether the function takes what it will be given: every key, and no more than those required."""
        try:
            signature = inspect.signature(self.judge)
            for given in (self.keys, self.required):
                signature.bind("", **dict.fromkeys(given))
        except (TypeError, ValueError) as error:
            return f"its function does not take a text and its keys: {error}"
        return None


def _fault(schema: Any) -> str | None:
    """What of a schema fragment could not be decided."""
    if not isinstance(schema, Mapping):
        return f"a schema fragment must be an object (got {type(schema).__name__})"
    for keyword, value in schema.items():
        if fault := _fault_of_keyword(keyword, value):
            return fault
    return "the schema keyword 'if' wants a 'then'" if "if" in schema and "then" not in schema else None


def _fault_of_keyword(keyword: str, value: Any) -> str | None:
    if keyword == "$ref":
        return None if value in _DEFINITIONS else f"unknown $ref {value!r}{suggest(str(value), _DEFINITIONS)}"
    if keyword not in KEYWORDS:
        return f"unknown schema keyword {keyword!r}{suggest(keyword, sorted(KEYWORDS))}"
    if keyword == "type":
        return _fault_of_type(value)
    if not _means_something(keyword, value):
        return f"the schema keyword {keyword!r} cannot be {value!r}"
    if keyword == "additionalProperties" and isinstance(value, bool):
        return None
    parts = value.values() if keyword in _SCHEMAS_BY_NAME else value if keyword == "allOf" else ()
    return next(filter(None, map(_fault, [value] if keyword in _SCHEMAS else parts)), None)


def _means_something(keyword: str, value: Any) -> bool:
    """Whether a keyword has a value that can be held against anything."""
    if keyword in _NUMBERS:
        return isinstance(value, int | float) and not isinstance(value, bool)
    if keyword in _LISTS:
        return isinstance(value, list | tuple)
    patterns = [value] if keyword == "pattern" else value if keyword == "patternProperties" else ()
    return all(map(_is_regex, patterns))


def _is_regex(pattern: Any) -> bool:
    try:
        re.compile(pattern)
    except (re.error, TypeError):
        return False
    return True


def _fault_of_type(value: Any) -> str | None:
    unknown = [kind for kind in ([value] if isinstance(value, str) else value) if kind not in TYPES]
    return f"unknown type {unknown[0]!r}{suggest(str(unknown[0]), TYPES)}" if unknown else None
