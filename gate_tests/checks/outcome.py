"""The outcome of evaluating one rule, with what was measured: a pass is recorded as fully as a failure."""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

_NOTHING: Final[Mapping[str, Any]] = {}


class Outcome(NamedTuple):
    """`holds`: whether the rule passes. `found`: what was found, as text. `measured`: the rule's keys in the record."""

    holds: bool
    found: str
    measured: Mapping[str, Any] = _NOTHING
