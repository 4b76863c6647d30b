"""What a doctor finds: one thing looked at, how it is, and what mends it."""

from enum import StrEnum
from typing import NamedTuple


class Health(StrEnum):
    """How it is. What is `BAD` keeps commands from working; `WARN` is worth knowing."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class Finding(NamedTuple):
    """One thing that was looked at. `next_command` is there wherever something is to be done."""

    about: str
    health: Health
    told: str
    next_command: str | None = None

    def to_json(self) -> dict[str, str | None]:
        """`{about, health, told, next}`."""
        return {"about": self.about, "health": str(self.health), "told": self.told, "next": self.next_command}


def fine(about: str, told: str) -> Finding:
    """Nothing is to be done."""
    return Finding(about, Health.OK, told)
