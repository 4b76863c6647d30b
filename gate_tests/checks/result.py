"""The result of a check in a run: what a session reports, and a record keeps, of it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple

from gate_tests.contract import Severity

_COMMON_KEYS: Final = frozenset((
    "id", "type", "path", "resolved_path", "severity", "pass", "description", "warning", "reason",
))  # fmt: skip


class CheckStatus(StrEnum):
    """A check that does not pass has failed, or only warned if its severity is `warning`."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"


class CheckResult(NamedTuple):
    """The result of one check, a row of an attempt's `validations`.

        {"id", "type", "path", "resolved_path", "severity", "pass", "description", …, "warning"?, "reason"?}

    `path` is as written in the contract, `resolved_path` as in this run. In place of the … stand the keys of
    `measured`, which differ by check type. `reason` is one line, None if the check passed; `warning` is true if the
    check warned.
    """

    id: str
    type: str
    path: str
    resolved_path: str
    severity: Severity
    status: CheckStatus
    description: str
    measured: Mapping[str, Any]
    reason: str | None = None

    @property
    def has_failed(self) -> bool:
        """Whether the check fails its gate."""
        return self.status is CheckStatus.FAILED

    @property
    def has_warned(self) -> bool:
        """Whether the check does not pass, and does not fail its gate either."""
        return self.status is CheckStatus.WARNED

    def to_json(self) -> dict[str, Any]:
        """The row; see the class for its keys."""
        row: dict[str, Any] = {
            "id": self.id,
            "type": self.type,
            "path": self.path,
            "resolved_path": self.resolved_path,
            "severity": str(self.severity),
            "pass": not self.has_failed,
            "description": self.description,
            **self.measured,
        }
        if self.has_warned:
            row["warning"] = True
        if self.reason is not None:
            row["reason"] = self.reason
        return row

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> "CheckResult":
        """The result of a row that `to_json` wrote. Raises KeyError or ValueError for any other."""
        failed, warned = not row["pass"], row.get("warning")
        return cls(
            id=row["id"],
            type=row["type"],
            path=row["path"],
            resolved_path=row["resolved_path"],
            severity=Severity(row["severity"]),
            status=CheckStatus.FAILED if failed else CheckStatus.WARNED if warned else CheckStatus.PASSED,
            description=row["description"],
            measured={key: value for key, value in row.items() if key not in _COMMON_KEYS},
            reason=row.get("reason"),
        )
