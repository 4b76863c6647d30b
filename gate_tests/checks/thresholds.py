"""A number for each depth: `{"quick": 3, "standard": 8, "deep": 15}` and/or `default`."""

from typing import Final

from gate_tests.checks.rule import Scope
from gate_tests.contract import Validation

THRESHOLDS: Final = {"$ref": "#/definitions/thresholds"}


def select_threshold(validation: Validation, scope: Scope, key: str = "thresholds") -> float:
    """The number for the run's depth, else the `default`. Raises InvalidFile if the contract gives neither."""
    numbers = validation.keys[key]
    for name in (scope.depth, "default"):
        if name in numbers:
            number: float = numbers[name]
            return number
    raise scope.make_error(validation, f"has no value for depth {str(scope.depth)!r} and no 'default'", key)
