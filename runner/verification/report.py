"""What a verification found out about a run.

With --json `{"runs": […]}`, of which each is::

    {"run_id": "run_…", "status": "PASSED", "error": null,
     "files": [{"gate": "G1", "attempt": 1, "path": "…", "status": "ok",
                "read_by"?: "…", "moved_to"?: "…", "problem"?: "…"}],
     "rules": [{"gate": "G1", "path": "…", "status": "contract changed", "recorded_sha256": "…",
                "present_sha256": "…", "changes": [{"effect": "looser", "subject": "…", "change": "…"}],
                "problem": null}],
     "warnings": ["…"]}
"""

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from gate_tests.errors import OrchError
from runner.models.rows import Json
from runner.models.status import RunStatus
from runner.verification.file_status import FileReport, FileStatus

if TYPE_CHECKING:  # few reports have any
    from gate_tests.compiler.key_changes import RuleDifference


class RuleStatus(StrEnum):
    """What became of a contract or workflow since a gate passed by it."""

    CONTRACT_CHANGED = "contract changed"
    CONTRACT_MISSING = "contract missing"
    WORKFLOW_CHANGED = "workflow changed"
    WORKFLOW_MISSING = "workflow missing"


class RuleReport(NamedTuple):
    """A contract or workflow that is not the one that a gate passed by, or that the run started with.

    `changes` is None where what changed is not known: neither the tree nor git's history has the recorded version, or
    the present one is invalid, and without a hash if it is no JSON.
    """

    gate: str | None
    path: str
    status: RuleStatus
    recorded_sha256: str
    present_sha256: str | None
    changes: "tuple[RuleDifference, ...] | None" = None
    problem: str | None = None
    """Why it is not known."""

    def to_json(self) -> Json:
        """The row in `rules`."""
        changes = None if self.changes is None else [_change_to_json(change) for change in self.changes]
        return self._asdict() | {"status": str(self.status), "changes": changes}


class RunReport(NamedTuple):
    """The verification of a run. With an `error`, its record is damaged or cannot be read, and nothing else is known.

    `warnings` are what makes a reader doubt, and prove nothing.
    """

    run_id: str
    status: RunStatus | None = None
    files: tuple[FileReport, ...] = ()
    rules: tuple[RuleReport, ...] = ()
    warnings: tuple[str, ...] = ()
    error: OrchError | None = None

    @property
    def changed_files(self) -> tuple[FileReport, ...]:
        """The files that are no longer what was recorded."""
        return tuple(file for file in self.files if file.status.is_difference)

    @property
    def has_differences(self) -> bool:
        """Whether the record is no longer true."""
        return bool(self.changed_files or self.rules)

    def count(self, status: FileStatus) -> int:
        """The number of files with this status."""
        return sum(file.status is status for file in self.files)

    def to_json(self) -> Json:
        """The document in the module's docstring."""
        return {
            "run_id": self.run_id,
            "status": str(self.status) if self.status else None,
            "error": self.error.message if self.error else None,
            "files": [_file_to_json(file) for file in self.files],
            "rules": [rule.to_json() for rule in self.rules],
            "warnings": list(self.warnings),
        }


def _change_to_json(change: "RuleDifference") -> Json:
    return change._asdict() | {"effect": str(change.effect)}


def _file_to_json(report: FileReport) -> Json:
    row: Json = {
        "gate": report.attempt.gate,
        "attempt": report.attempt.number,
        "path": report.file.path,
        "status": str(report.status),
    }
    problem = report.present.problem if report.present else None
    optional = {"read_by": report.file.read_by, "moved_to": report.moved_to, "problem": problem}
    return row | {key: value for key, value in optional.items() if value is not None}
