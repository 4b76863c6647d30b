"""What one check came to, with what it measured: a pass is told as fully as a failure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

_NOTHING: Mapping[str, Any] = {}


class Outcome(NamedTuple):
    """Whether the rule holds, what was found (in words), and the rule's own keys for the record."""

    holds: bool
    found: str
    measured: Mapping[str, Any] = _NOTHING
