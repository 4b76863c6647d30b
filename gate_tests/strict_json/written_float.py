"""A number of a JSON file with more digits than a float has."""

from decimal import Decimal, InvalidOperation
from functools import cached_property
from typing import Final, Self

from gate_tests.typing_compat import override

_EXACT_CHARACTERS: Final = 16
"""A shorter number has at most 15 digits, and `repr` gives back just these."""
_EXACT_FROM: Final = 1e-300
"""Towards 0 a float loses digits."""
_EXACT_TO: Final = 2.0**53
"""Beyond it a float cannot represent each integer."""


class WrittenFloat(float):
    """A float that remembers how it was `written`, and is compared so: with other floats, by their `repr`."""

    written: str

    @override
    def __new__(cls, written: str) -> Self:
        number = super().__new__(cls, written)
        number.written = written
        return number

    @cached_property
    def exact(self) -> Decimal:
        """The number as it is written; 0 where it has more zeros than a Decimal may have."""
        try:
            return Decimal(self.written)
        except InvalidOperation:
            return Decimal(0)

    @override
    def is_integer(self) -> bool:
        return self.exact == self.exact.to_integral_value()

    @override
    def __eq__(self, other: object) -> bool:
        return isinstance(other, int | float) and self.exact == to_exact(other)

    @override
    def __ne__(self, other: object) -> bool:
        return not self == other

    @override
    def __hash__(self) -> int:
        return hash(int(self.exact)) if self.is_integer() else super().__hash__()

    @override
    def __lt__(self, other: float) -> bool:
        return self.exact < to_exact(other)

    @override
    def __le__(self, other: float) -> bool:
        return self.exact <= to_exact(other)

    @override
    def __gt__(self, other: float) -> bool:
        return self.exact > to_exact(other)

    @override
    def __ge__(self, other: float) -> bool:
        return self.exact >= to_exact(other)


def to_exact(number: float) -> Decimal:
    """The number as it is written."""
    if isinstance(number, WrittenFloat):
        return number.exact
    return Decimal(repr(number) if isinstance(number, float) else number)


def parse_written_float(literal: str) -> float:
    """The number, a WrittenFloat if it may have been written with more digits than a float has."""
    number = float(literal)
    is_exact = len(literal) <= _EXACT_CHARACTERS and _EXACT_FROM <= abs(number) <= _EXACT_TO
    return number if is_exact else WrittenFloat(literal)
