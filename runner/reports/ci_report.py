"""What `orch ci` found, as every format shows it."""

from enum import StrEnum
from typing import NamedTuple

from gate_tests.checks.result import CheckResult, CheckStatus
from gate_tests.errors import Exit


class Part(StrEnum):
    """The parts of `orch ci`."""

    LINT = "lint"
    VERIFY = "verify"
    CHECK = "check"


class Level(StrEnum):
    """How grave a finding is: with `--fail-on error`, a warning does not change the exit code."""

    ERROR = "error"
    WARNING = "warning"


class Finding(NamedTuple):
    """Something that lint or verify reports, or why a gate has no verdict.

    `rule` is a stable name of its kind, such as `contract-error`, `only-existence` or `file-changed`. `path` is
    relative to the root, `line` is 1-based; both are None where no file is concerned. `message` is one line.
    """

    part: Part
    level: Level
    rule: str
    message: str
    path: str | None = None
    line: int | None = None
    run_id: str | None = None
    gate: str | None = None


class CheckReport(NamedTuple):
    """The result of a check, and where it belongs: lines are 1-based, paths relative to the root."""

    result: CheckResult
    contract_path: str
    contract_line: int
    artifact_line: int | None = None
    """The first line of the artifact that the reason is about, if it is about one."""
    duration_s: float | None = None
    expected: str | None = None
    """What the rule demands, in words, on one line; None where it is not known. The reason says it in part."""
    found: str | None = None
    """What was found, on one line, for a check that did not pass; None where it is not known."""


class AttemptSummary(NamedTuple):
    """A recorded attempt at a gate. Times are as in the record, UTC."""

    number: int
    passed: bool
    started_at: str
    finished_at: str | None
    failure_reason: str | None


class GateReport(NamedTuple):
    """A gate that passed according to its record, judged again. Without a verdict, `checks` is empty."""

    run_id: str
    gate: str
    name: str
    attempts: tuple[AttemptSummary, ...]
    """The recorded ones, in order; the last one is that which passed."""
    checks: tuple[CheckReport, ...]
    exit_code: Exit
    """OK, FAIL, or that of the error for which there is no verdict."""
    problem: str | None = None
    """Why it failed, or why there is no verdict; None if it passed."""
    duration_s: float = 0.0
    contract_path: str | None = None
    """Relative to the root; None where it is not known, as of a gate that has no contract."""

    def count(self, status: CheckStatus) -> int:
        """The number of checks with this status."""
        return sum(check.result.status is status for check in self.checks)


class CiReport(NamedTuple):
    """The result of `orch ci`. `started_at`, `finished_at` are seconds since 1970."""

    runs: tuple[str, ...]
    contracts: tuple[str, ...]
    """The paths of the contracts that were linted."""
    findings: tuple[Finding, ...]
    gates: tuple[GateReport, ...]
    exit_code: Exit
    started_at: float
    finished_at: float
    root_prefix: str = ""
    """The path from the top of the git repository to the root, "" or such as `services/essays/`."""
    notes: tuple[str, ...] = ()
    """What explains the report, a line each: which commit it compares with, which runs were left out and why."""
