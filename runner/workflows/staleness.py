"""What the workflow rooms ask of stale gates: operations compares the files, and passes the answers down."""

from typing import NamedTuple, Protocol


class StaleGate(NamedTuple):
    """A gate that passed with other files than the present ones, and the first of the changes in words."""

    gate: str
    reason: str

    def describe(self) -> str:
        """The gate and why it is stale, for a message."""
        return f"{self.gate} ({self.reason})"


class Staleness(Protocol):
    """Which gates of a run are stale."""

    def find_required(self, gate_id: str) -> list[StaleGate]:
        """The gates whose own files changed among those that the gate requires, directly or through others."""
        ...

    def find_changed(self) -> list[StaleGate]:
        """The gates of the run whose own files changed, in its order."""
        ...


class NothingStale:
    """Of a run whose files are not compared."""

    def find_required(self, gate_id: str) -> list[StaleGate]:
        """None."""
        return []

    def find_changed(self) -> list[StaleGate]:
        """None."""
        return []


NOTHING_STALE = NothingStale()
