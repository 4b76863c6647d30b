"""A diagnosis of `orch doctor`: what was examined, its status, and the command that fixes it."""

from enum import StrEnum
from typing import NamedTuple


class DiagnosisStatus(StrEnum):
    """How it is; the values are those of `health` in the JSON."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class Diagnosis(NamedTuple):
    """The result of one examination. `next_command` is set wherever there is something to fix."""

    subject: str
    status: DiagnosisStatus
    message: str
    next_command: str | None = None

    @classmethod
    def ok(cls, subject: str, message: str) -> "Diagnosis":
        """Nothing to fix."""
        return cls(subject, DiagnosisStatus.OK, message)

    @classmethod
    def warn(cls, subject: str, message: str, next_command: str | None) -> "Diagnosis":
        """Worth knowing."""
        return cls(subject, DiagnosisStatus.WARN, message, next_command)

    @classmethod
    def bad(cls, subject: str, message: str, next_command: str) -> "Diagnosis":
        """Keeps commands from working."""
        return cls(subject, DiagnosisStatus.BAD, message, next_command)

    def to_json(self) -> dict[str, str | None]:
        """`{about, health, told, next}`."""
        return {"about": self.subject, "health": str(self.status), "told": self.message, "next": self.next_command}
