"""What one check came to, with what it measured: a pass is told as fully as a failure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """Whether a check that does not hold fails its gate or is only shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether the rule holds, what was found (in words), and the rule's own keys for the record."""

    holds: bool
    found: str
    measured: Mapping[str, Any] = field(default_factory=dict)
