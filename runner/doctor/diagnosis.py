"""A diagnosis of `orch doctor`: what was examined, the result, and the command that fixes it."""

from enum import StrEnum
from typing import NamedTuple


class DiagnosisStatus(StrEnum):
    """The result, as in the JSON."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


class Diagnosis(NamedTuple):
    """The result of one examination. Where something is to be fixed, `next_command` does it, or `advice` says how."""

    subject: str
    status: DiagnosisStatus
    message: str
    next_command: str | None = None
    advice: str | None = None

    @classmethod
    def ok(cls, subject: str, message: str) -> "Diagnosis":
        """Nothing to fix."""
        return cls(subject, DiagnosisStatus.OK, message)

    @classmethod
    def warn(
        cls, subject: str, message: str, next_command: str | None = None, *, advice: str | None = None
    ) -> "Diagnosis":
        """A warning: commands work, but not as well as they could."""
        return cls(subject, DiagnosisStatus.WARN, message, next_command, advice)

    @classmethod
    def bad(
        cls, subject: str, message: str, next_command: str | None = None, *, advice: str | None = None
    ) -> "Diagnosis":
        """An error: commands do not work."""
        return cls(subject, DiagnosisStatus.BAD, message, next_command, advice)

    def to_json(self) -> dict[str, str | None]:
        """`{subject, status, message, next, advice}`."""
        return {
            "subject": self.subject,
            "status": str(self.status),
            "message": self.message,
            "next": self.next_command,
            "advice": self.advice,
        }
