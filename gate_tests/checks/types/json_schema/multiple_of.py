"""`multipleOf` in decimal arithmetic: 19.99 is a multiple of 0.01, which no two floats are."""

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from jsonschema.exceptions import ValidationError

from gate_tests.checks.types.json_schema.schema_check import UnusableValue

_MAX_CHARACTERS: Final = 4_000
"""Python refuses to read many more digits, for that would take quadratic time."""
_LITERAL: Final = re.compile(r"(-?[0-9]+)(?:\.([0-9]+))?(?:[eE]([-+]?[0-9]+))?")


class _Decimal(NamedTuple):
    """`coefficient` · 10 ** `exponent`."""

    coefficient: int
    exponent: int


def apply_multiple_of(validator: Any, divisor: Any, value: Any, _: Any) -> Iterator[ValidationError]:
    """The keyword, for jsonschema."""
    if validator.is_type(value, "number") and not is_multiple(value, divisor):
        yield ValidationError("not a multiple")


def is_multiple(value: float, divisor: float) -> bool:
    """Whether `value` is a multiple of `divisor`, both as they are written. Raises UnusableValue."""
    (dividend, exponent), (unit, unit_exponent) = _to_decimal(value), _to_decimal(divisor)
    if dividend == 0 or unit == 0:
        return dividend == 0
    shift = exponent - unit_exponent
    if shift >= 0:
        power: int = pow(10, shift, unit)
        return dividend * power % unit == 0
    if -shift > dividend.bit_length():
        return False  # 10 ** -shift is larger than it
    divisor_in_units: int = unit * 10**-shift
    return dividend % divisor_in_units == 0


def _to_decimal(number: float) -> _Decimal:
    if isinstance(number, int):
        return _Decimal(number, 0)
    literal = str(getattr(number, "written", repr(number)))
    match = _LITERAL.fullmatch(literal)
    if len(literal) > _MAX_CHARACTERS or not match:
        raise UnusableValue(f"a number in the file or schema has more than {_MAX_CHARACTERS} characters")
    whole, fraction, exponent = match.groups(default="")
    return _Decimal(int(whole + fraction), int(exponent or 0) - len(fraction))
