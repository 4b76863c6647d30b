"""Stale gates, as the next command and the prerequisites of a start ask for them. The files are compared by operations,
which this room does not know.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

_MAX_NAMED: Final = 3
"""How many stale gates a message names."""


class StaleGate(NamedTuple):
    """A gate that passed with other files than the present ones, and the first of the changes in words.

    `restore`: the command after which its only file that changed, which is missing, is there again as it was.
    """

    gate: str
    reason: str
    restore: str | None = None

    def describe(self) -> str:
        """The gate and why it is stale, for a message."""
        return f"{self.gate} ({self.reason})"


def describe_stale(gates: Sequence[StaleGate]) -> str:
    """The first few of the gates with why they are stale, and how many more there are."""
    named = ", ".join(map(StaleGate.describe, gates[:_MAX_NAMED]))
    return f"{named} and {len(gates) - _MAX_NAMED:,} more" if len(gates) > _MAX_NAMED else named


class Staleness:
    """Which gates of a run are stale: none, where no files are compared."""

    def find_required(self, gate_id: str) -> list[StaleGate]:
        """The gates whose own files changed among those that the gate requires, directly or through others."""
        return []

    def find_changed(self) -> list[StaleGate]:
        """The gates of the run whose own files changed, in its order."""
        return []


NOTHING_STALE = Staleness()
