"""The result of a check in a run: what a session reports, and a record keeps, of it."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final, NamedTuple

from gate_tests.contract import Severity

COMMON_KEYS: Final = frozenset((
    "id", "type", "path", "resolved_path", "severity", "pass", "read", "read_more", "description", "warning", "reason",
))  # fmt: skip
_REQUIRED_KEYS: Final = COMMON_KEYS - {"read", "read_more", "warning", "reason"}
MAX_READ: Final = 1000
"""How many files a result lists that its check has read."""
_SEVERITIES: Final = frozenset(map(str, Severity))


class CheckStatus(StrEnum):
    """A check that does not pass has failed, or only warned if its severity is `warning`."""

    PASSED = "passed"
    FAILED = "failed"
    WARNED = "warned"


class ReadFile(NamedTuple):
    """A file that a check read besides its target: its path relative to the root, and its hash."""

    path: str
    sha256: str

    def to_json(self) -> dict[str, str]:
        """`{path, sha256}`."""
        return self._asdict()

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "ReadFile":
        """Raises KeyError, TypeError or ValueError for what `to_json` did not write."""
        path, sha256 = data["path"], data["sha256"]
        if not isinstance(path, str) or not isinstance(sha256, str):
            raise TypeError("a file that was read has a path and a hash")
        return cls(path, sha256)


class CheckResult:
    """The result of one check, a row of an attempt's `validations`.

        {"id", "type", "path", "resolved_path", "severity", "pass", "read"?, "read_more"?, "description", …,
         "warning"?, "reason"?}

    `path` is as written in the contract, `resolved_path` as in this run. In place of the … stand the keys of
    `measured`, which differ by check type. `reason` is one line, None if the check passed; `warning` is true if the
    check warned. A result never changes.

    `read` lists the files that the check read besides its target, as `{path, sha256}`, sorted by path. Of more than
    MAX_READ, `read_more` has the `count` of the rest, and one hash of their lines `<sha256>  <path>`, as `sha256sum`
    prints them. Both are absent if there is nothing to list.

    It is kept as its JSON: thousands of results are sent, hashed and recorded as such, and few are looked into.
    """

    __slots__ = ("_row",)

    def __init__(
        self,
        id: str,  # noqa: A002
        type: str,  # noqa: A002
        path: str,
        resolved_path: str,
        severity: Severity,
        status: CheckStatus,
        description: str,
        measured: Mapping[str, Any],
        reason: str | None = None,
        read: Sequence[ReadFile] = (),
    ) -> None:
        row: dict[str, Any] = {
            "id": id,
            "type": type,
            "path": path,
            "resolved_path": resolved_path,
            "severity": str(severity),
            "pass": status is not CheckStatus.FAILED,
            **_read_to_json(read),
            "description": description,
            **measured,
        }
        if status is CheckStatus.WARNED:
            row["warning"] = True
        if reason is not None:
            row["reason"] = reason
        self._row = row

    @property
    def id(self) -> str:
        """Unique in its gate."""
        check_id: str = self._row["id"]
        return check_id

    @property
    def type(self) -> str:
        """The name of the check's type."""
        return str(self._row["type"])

    @property
    def path(self) -> str:
        """What the check is about, as the contract has it."""
        return str(self._row["path"])

    @property
    def resolved_path(self) -> str:
        """The same with the variables replaced."""
        return str(self._row["resolved_path"])

    @property
    def severity(self) -> Severity:
        """Of the check."""
        return Severity(self._row["severity"])

    @property
    def status(self) -> CheckStatus:
        """Of the check in this run."""
        if not self._row["pass"]:
            return CheckStatus.FAILED
        return CheckStatus.WARNED if self._row.get("warning") else CheckStatus.PASSED

    @property
    def description(self) -> str:
        """Of the check, as the contract has it."""
        return str(self._row["description"])

    @property
    def measured(self) -> Mapping[str, Any]:
        """The keys of the check's type."""
        return {key: value for key, value in self._row.items() if key not in COMMON_KEYS}

    @property
    def read(self) -> tuple[ReadFile, ...]:
        """The files that it read besides its target, at most MAX_READ, sorted by path."""
        return tuple(map(ReadFile.from_json, self._row.get("read", ())))

    @property
    def reason(self) -> str | None:
        """Why the check does not pass."""
        reason = self._row.get("reason")
        return None if reason is None else str(reason)

    @property
    def has_failed(self) -> bool:
        """Whether the check fails its gate."""
        return not self._row["pass"]

    @property
    def has_warned(self) -> bool:
        """Whether the check does not pass, and does not fail its gate either."""
        return self.status is CheckStatus.WARNED

    def to_json(self) -> dict[str, Any]:
        """The row itself, not to be changed; see the class for its keys."""
        return self._row

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> "CheckResult":
        """The result of a row that `to_json` wrote. Raises KeyError, TypeError or ValueError for any other."""
        if not row.keys() >= _REQUIRED_KEYS:
            raise KeyError(min(_REQUIRED_KEYS - row.keys()))
        if row["severity"] not in _SEVERITIES:
            raise ValueError(row["severity"])
        passes = row["pass"]
        if passes is not True and (passes is not False or not isinstance(row.get("reason"), str)):
            raise ValueError("a check that fails has a reason")
        result = cls.__new__(cls)
        result._row = row
        _ = result.read  # raises if it is not valid
        return result

    def __eq__(self, other: object) -> bool:
        return self._row == other._row if isinstance(other, CheckResult) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.id, self.resolved_path))

    def __repr__(self) -> str:
        return f"CheckResult({self._row!r})"


def _read_to_json(read: Sequence[ReadFile]) -> dict[str, Any]:
    """The keys `read` and `read_more`, where there is something to list."""
    if not read:
        return {}
    listed: dict[str, Any] = {"read": [each.to_json() for each in read[:MAX_READ]]}
    if rest := read[MAX_READ:]:
        lines = "".join(f"{each.sha256}  {each.path}\n" for each in rest)
        listed["read_more"] = {"count": len(rest), "sha256": sha256(lines.encode()).hexdigest()}
    return listed
