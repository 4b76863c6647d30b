"""One thing that was looked at, how it stands, and the command that mends it."""

from enum import StrEnum
from typing import Any, NamedTuple


class Level(StrEnum):
    """How it stands. What is bad keeps orch from working; what is warned of may surprise."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class Finding(NamedTuple):
    """Where it is not ok, `next_command` says what to type."""

    level: Level
    what: str
    text: str
    next_command: str | None = None

    def to_json(self) -> dict[str, Any]:
        """`{level, what, text, next}`."""
        return {"level": str(self.level), "what": self.what, "text": self.text, "next": self.next_command}
