"""A custom check: a function of a text, and the keys that a contract may give it. Public as `gate_tests.own`."""

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from gate_tests.checks.result import COMMON_KEYS
from gate_tests.errors import suggest
from gate_tests.strict_json.fast_validation import KEYWORDS, TYPES

RESERVED_IN_ROW: Final = COMMON_KEYS | {"plugin"}
"""The keys that the row of every custom check has; `measures` must not contain them."""
_RESERVED_IN_CONTRACT: Final = frozenset(("type", "description", "severity", "missing_ok", "target"))
_DEFINITIONS: Final = tuple(f"#/definitions/{name}" for name in ("path", "depths", "thresholds"))
_SCHEMAS_BY_NAME: Final = ("properties", "patternProperties")
_NUMBERS: Final = ("minimum", "exclusiveMinimum", "maximum", "minLength", "minItems", "minProperties")
_LISTS: Final = ("enum", "required", "allOf")
_SCHEMAS: Final = ("additionalProperties", "propertyNames", "items", "if", "then")


@dataclass(frozen=True)
class OwnCheck:
    """`judge(text, **keys)` returns True if the check passes, else False or, as text, what it found instead.

    `keys` is the JSON Schema of the keys that a contract may give besides `target`; `required` lists those it must
    give. `summary` continues "Passes if". A judge that returns an `Outcome` may record values: `measures` documents
    their keys. `example` is what a contract gives, for the schema's examples. `fix` says how to fix a failure.
    """

    judge: Callable[..., object]
    summary: str
    keys: Mapping[str, Any] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    measures: Mapping[str, str] = field(default_factory=dict)
    example: Mapping[str, Any] = field(default_factory=dict)
    fix: str = "Change the file until the check passes; the reason says what was found."

    def find_error(self) -> str | None:
        """What is wrong with the definition, or None. Checked before a contract that names it is used."""
        if error := self._find_type_error():
            return error
        reserved = [
            *(key for key in self.keys if key in _RESERVED_IN_CONTRACT),
            *(key for key in self.measures if key in RESERVED_IN_ROW),
        ]
        if reserved:
            return f"{reserved[0]!r} is reserved: every check has it"
        undeclared = [key for key in self.required if key not in self.keys]
        if undeclared:
            return f"requires {undeclared[0]!r}, which is not one of its keys"
        return _find_first_error(self.keys.values()) or self._find_signature_error()

    def _find_type_error(self) -> str | None:
        for name in ("summary", "fix"):
            if not isinstance(text := getattr(self, name), str) or not text.isprintable() or not text:
                return f"its {name} must be one line of text"
        for name in ("keys", "measures", "example"):
            if not isinstance(value := getattr(self, name), Mapping):
                return f"its {name} must be a mapping (found {type(value).__name__})"
        return "its required keys must be a tuple of names" if isinstance(self.required, str) else None

    def _find_signature_error(self) -> str | None:
        """Whether the function cannot be called with all keys, or with no more than the required ones."""
        try:
            signature = inspect.signature(self.judge)
            for given in (self.keys, self.required):
                signature.bind("", **dict.fromkeys(given))
        except (TypeError, ValueError) as error:
            return f"its function must accept a text and the keys: {error}"
        return None


def _find_first_error(schemas: Iterable[Any]) -> str | None:
    return next(filter(None, map(_find_schema_error, schemas)), None)


def _find_schema_error(schema: Any) -> str | None:
    """What of a schema fragment our validator does not support, or None."""
    if not isinstance(schema, Mapping):
        return f"a schema fragment must be an object (found {type(schema).__name__})"
    for keyword, value in schema.items():
        if error := _find_keyword_error(keyword, value):
            return error
    return "the schema keyword 'if' requires a 'then'" if "if" in schema and "then" not in schema else None


def _find_keyword_error(keyword: str, value: Any) -> str | None:
    if keyword == "$ref":
        return None if value in _DEFINITIONS else f"unknown $ref {value!r}{suggest(str(value), _DEFINITIONS)}"
    if keyword not in KEYWORDS:
        return f"unknown schema keyword {keyword!r}{suggest(keyword, sorted(KEYWORDS))}"
    if keyword == "type":
        return _find_unknown_type(value)
    if not _is_usable(keyword, value):
        return f"the schema keyword {keyword!r} cannot be {value!r}"
    if keyword == "additionalProperties" and isinstance(value, bool):
        return None
    parts = value.values() if keyword in _SCHEMAS_BY_NAME else value if keyword == "allOf" else ()
    return _find_first_error([value] if keyword in _SCHEMAS else parts)


def _is_usable(keyword: str, value: Any) -> bool:
    """Whether a value can be validated by a keyword that has this value."""
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


def _find_unknown_type(value: Any) -> str | None:
    unknown = [kind for kind in ([value] if isinstance(value, str) else value) if kind not in TYPES]
    return f"unknown type {unknown[0]!r}{suggest(str(unknown[0]), TYPES)}" if unknown else None
