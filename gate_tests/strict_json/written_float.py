"""A number of a JSON file whose digits a float cannot hold."""

from typing import Final, Self

from gate_tests.typing_compat import override

_EXACT_CHARACTERS: Final = 16
"""A shorter number has at most 15 digits, and `repr` gives back just these."""
_EXACT_FROM: Final = 1e-300
"""Towards 0 a float loses digits."""


class WrittenFloat(float):
    """A float that remembers how it was `written`."""

    written: str

    @override
    def __new__(cls, written: str) -> Self:
        number = super().__new__(cls, written)
        number.written = written
        return number


def parse_written_float(literal: str) -> float:
    """The number, a WrittenFloat if it may have been written with more digits than a float has."""
    number = float(literal)
    is_exact = len(literal) <= _EXACT_CHARACTERS and abs(number) >= _EXACT_FROM
    return number if is_exact else WrittenFloat(literal)
