"""A number for each depth: `{"quick": 3, "standard": 8, "deep": 15}` and/or `default`."""

from collections.abc import Mapping
from typing import Any, Final

from gate_tests.checks.rule import Scope
from gate_tests.contract import Validation

THRESHOLDS: Final = {"$ref": "#/definitions/thresholds"}


def number_schema(description: str, **more: Any) -> Mapping[str, Any]:
    """The schema of a number, or one for each depth and/or `default`; `more` are keywords such as `default`."""
    return _number_or_thresholds("number", THRESHOLDS, description, more)


def count_schema(description: str, **more: Any) -> Mapping[str, Any]:
    """As `number_schema`, for whole numbers."""
    return _number_or_thresholds(
        "integer", {"allOf": [THRESHOLDS, {"additionalProperties": {"type": "integer"}}]}, description, more
    )


def _number_or_thresholds(
    kind: str, thresholds: Mapping[str, Any], description: str, more: Mapping[str, Any]
) -> Mapping[str, Any]:
    return {
        "type": [kind, "object"],
        "minimum": 0,
        "if": {"type": "object"},
        "then": thresholds,
        **more,
        "description": f"{description}: a number, or one for each depth and/or `default`.",
    }


def select_threshold(validation: Validation, scope: Scope, key: str = "thresholds") -> float:
    """The number for the run's depth, else the `default`. Raises InvalidFile if the contract gives neither."""
    numbers = validation.keys[key]
    for name in (scope.depth, "default"):
        if name in numbers:
            number: float = numbers[name]
            return number
    raise scope.make_error(validation, f"has neither a value for depth {str(scope.depth)!r} nor 'default'", key)


def bind_number(validation: Validation, scope: Scope, key: str) -> float | None:
    """The number at `key`, of thresholds the one for the run's depth; None if there is no such key. InvalidFile."""
    written = validation.keys.get(key)
    return select_threshold(validation, scope, key) if isinstance(written, Mapping) else written


def bind_min_count(validation: Validation, scope: Scope) -> int:
    """The whole number at `min_count`, as `bind_number`; 1 by default. Raises InvalidFile."""
    count = bind_number(validation, scope, "min_count")
    return 1 if count is None else int(count)
