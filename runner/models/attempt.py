"""One attempt at a gate: an entry of a gate's `attempts` in RUN.json and, once finished, a file `attempt-<n>.json`.

::

    {"attempt": 1, "status": "PASS", "started_at": "…Z", "finished_at": "…Z", "agent": "…", "prompt_sha256": null,
     "invocation_ids": [], "required_outputs": ["{artifact_path}/…"],
     "artifacts": [{"path", "resolved_path", "sha256", "size_bytes", "exists": true}],
     "validations": [{"id", "type", "path", "resolved_path", "severity", "pass", …, "description", "reason"?}],
     "pre_scripts"?: [{"path", "exit_code", "duration_ms", "output_sha256", "pass", "reason"?}],
     "failure_reason": null, "context": {"run_id", "workflow", "slug", "artifact_path", "depth", "variables"},
     "blocking": true, "contract": {"path", "sha256"},
     "baseline": {"contract_sha256", "context", "outputs": [{"path", "sha256"}], "unread"?: ["…"],
                  "schemas"?: [{"path", "sha256"}]},
     "runner": {"orch", "python", "pytest"}, "git": {"commit", "dirty"}}

Attempts of orch 0.1.0 have no `context` and no `blocking`; those of the original runner lack more of these keys and
have rows of other shapes.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gate_tests.strict_json.fields import NO_MEMBERS, Fields
from gate_tests.workspace.run_context import Hashes
from runner.models.artifact import Artifact, artifact_hash, artifact_rows
from runner.models.baseline import Baseline, ContractRef
from runner.models.context import AttemptContext
from runner.models.rows import Json as Json  # part of this module's interface
from runner.models.rows import Rows
from runner.models.status import GateStatus

if TYPE_CHECKING:
    from gate_tests.checks.result import CheckResult

MANUAL_AGENT: Final = "manual"
"""The agent of an attempt that a person failed while none was open."""

ABANDONED: Final = "abandoned"
"""The failure reason of an attempt that was closed unfinished."""

CANCELED: Final = "canceled"
"""The failure reason of an attempt that was open when its run was canceled."""

_LATER_KEYS: Final = ("prompt_sha256", "context", "blocking", "contract", "baseline", "runner", "git")
"""Keys that an attempt of the original or of orch 0.1.0 may lack."""

_KEYS: Final = (
    "attempt", "status", "started_at", "finished_at", "agent", "invocation_ids", "required_outputs", "artifacts",
    "validations", "pre_scripts", "failure_reason", *_LATER_KEYS,
)  # fmt: skip


class Attempt(NamedTuple):
    """One attempt at a gate. A finished attempt that was read is written back exactly as it was."""

    number: int
    status: GateStatus
    started_at: str
    agent: str
    required_outputs: tuple[str, ...] = ()
    finished_at: str | None = None
    prompt_sha256: str | None = None
    invocation_ids: tuple[str, ...] = ()
    artifacts: Sequence[Artifact] = ()
    validations: "Sequence[CheckResult]" = ()
    failure_reason: str | None = None
    context: AttemptContext | None = None
    blocking: bool | None = None
    """Whether its failure fails the run, as its contract said; None if the record does not say."""
    contract: ContractRef | None = None
    baseline: Baseline | None = None
    runner: Json | None = None
    git: Json | None = None
    pre_scripts: tuple[Json, ...] = ()
    finished_json: Json | None = None
    """The JSON that a finished attempt was read from. Only `to_json` needs it; attempts are equal without."""
    absent: frozenset[str] = frozenset()
    """As `finished_json`: keys that the JSON lacked. An open attempt of the original does not get them."""
    extra: Mapping[str, Any] = NO_MEMBERS
    """As `finished_json`: the members of an open attempt that we do not know."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Attempt) and self[:_COMPARED] == other[:_COMPARED]

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return hash(self[:_COMPARED])

    @property
    def is_open(self) -> bool:
        """Whether it is yet to be finished."""
        return self.status is GateStatus.RUNNING

    @property
    def contract_sha256(self) -> str | None:
        """The hash of the contract it refers to; None where the record names no contract."""
        return self.contract.sha256 if self.contract else None

    @property
    def failed_checks(self) -> "list[CheckResult]":
        """The results that fail the gate. Only these are parsed: an attempt may have thousands that passed."""
        if self.finished_json is None:
            return [result for result in self.validations if result.has_failed]
        return [_parse_result(row) for row in self.finished_json["validations"] if row.get("pass") is False]

    @property
    def latest_contract_sha256(self) -> str | None:
        """The hash of the contract it was judged by, or while it is open, started with; None where none is recorded."""
        return self.baseline.contract_sha256 if self.is_open and self.baseline else self.contract_sha256

    @property
    def artifact_hashes(self) -> Hashes:
        """The (resolved path, SHA-256) of its artifacts."""
        if self.finished_json is None:
            return tuple((artifact.resolved_path, artifact.sha256) for artifact in self.artifacts)
        rows = self.finished_json.get("artifacts")
        return tuple(artifact_hash(row) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()

    def to_json(self) -> Json:
        """`{attempt, status, …}`, as in RUN.json and, once finished, in its own file."""
        attempt = self.finished_json or {
            "attempt": self.number,
            "status": str(self.status),
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "agent": self.agent,
            "prompt_sha256": self.prompt_sha256,
            "invocation_ids": list(self.invocation_ids),
            "required_outputs": list(self.required_outputs),
            "artifacts": [artifact.to_json() for artifact in self.artifacts],
            "validations": _rows_to_json(self.validations),
            **({"pre_scripts": list(self.pre_scripts)} if self.pre_scripts else {}),
            "failure_reason": self.failure_reason,
            "context": self.context.to_json() if self.context else None,
            "blocking": self.blocking,
            "contract": self.contract.to_json() if self.contract else None,
            "baseline": self.baseline.to_json() if self.baseline else None,
            "runner": self.runner,
            "git": self.git,
            **self.extra,
        }
        return {key: value for key, value in attempt.items() if key not in self.absent}

    @classmethod
    def from_json(cls, fields: Fields) -> "Attempt":
        """Parse an attempt, `artifacts`, `pre_scripts`, `runner` and `git` leniently. Raises DamagedRecord.

        Of an open attempt these are not read: it gets them when it is finished.
        """
        status = fields.choice("status", GateStatus)
        if status is GateStatus.NOT_STARTED:
            raise fields.error("status", "must not be NOT_STARTED in an attempt")
        contract, baseline = fields.optional_object("contract"), fields.optional_object("baseline")
        context = fields.optional_object("context")
        is_finished = status is not GateStatus.RUNNING
        return cls(
            number=fields.number("attempt"),
            status=status,
            started_at=fields.text("started_at"),
            finished_at=fields.optional_text("finished_at"),
            agent=fields.text("agent"),
            required_outputs=fields.texts("required_outputs"),
            prompt_sha256=fields.optional_text("prompt_sha256"),
            invocation_ids=fields.texts("invocation_ids"),
            artifacts=_artifacts(fields) if is_finished else (),
            validations=_validations(fields),
            pre_scripts=_pre_scripts(fields) if is_finished else (),
            failure_reason=fields.optional_text("failure_reason"),
            context=AttemptContext.from_json(context) if context else None,
            blocking=fields.optional_flag("blocking"),
            contract=ContractRef.from_json(contract) if contract else None,
            baseline=Baseline.from_json(baseline) if baseline else None,
            runner=_object(fields, "runner") if is_finished else None,
            git=_object(fields, "git") if is_finished else None,
            finished_json=dict(fields.value) if is_finished else None,
            absent=frozenset(key for key in _LATER_KEYS if key not in fields),
            extra=NO_MEMBERS if is_finished else fields.rest(_KEYS),
        )


_COMPARED: Final = Attempt._fields.index("finished_json")


def _artifacts(fields: Fields) -> Sequence[Artifact]:
    """The rows of `artifacts`, each parsed when it is used: there may be thousands, which most commands ignore."""
    rows = artifact_rows(fields)
    return Rows(read=rows, parse=lambda index: Artifact.from_row(rows[index]))


def _validations(fields: Fields) -> "Sequence[CheckResult]":
    """The rows of `validations`, each parsed when it is used. Raises DamagedRecord unless all are objects."""
    rows = fields.items("validations")
    if not {dict}.issuperset(map(type, rows)):
        fields.objects("validations", lambda row: row)
    return Rows(read=rows, parse=lambda index: _parse_result(rows[index]))


def _rows_to_json(results: "Sequence[CheckResult]") -> list[Json]:
    """The rows of results; those that were read are as they were."""
    return list(results.to_json()) if isinstance(results, Rows) else [result.to_json() for result in results]


def _parse_result(row: Json) -> "CheckResult":
    """Parse any row: those of the original lack ids, severities and reasons."""
    from gate_tests.checks.result import (  # here because few commands look at results
        COMMON_KEYS,
        CheckResult,
        CheckStatus,
    )
    from gate_tests.contract import Severity

    with suppress(KeyError, TypeError, ValueError):
        return CheckResult.from_json(row)
    check_type, path = str(row.get("type", "check")), str(row.get("path"))
    passes = CheckStatus.WARNED if row.get("warning") else CheckStatus.PASSED
    return CheckResult(
        id=str(row.get("id") or check_type),
        type=check_type,
        path=path,
        resolved_path=str(row.get("resolved_path") or path),
        severity=Severity.WARNING if row.get("severity") == "warning" else Severity.ERROR,
        status=CheckStatus.FAILED if row.get("pass") is False else passes,
        description=str(row.get("description") or ""),
        measured={key: value for key, value in row.items() if key not in COMMON_KEYS},
        reason=str(row["reason"]) if row.get("reason") else None,
    )


def _pre_scripts(fields: Fields) -> tuple[Json, ...]:
    rows = fields.value.get("pre_scripts")
    return tuple(row for row in rows if isinstance(row, dict)) if isinstance(rows, list) else ()


def _object(fields: Fields, key: str) -> Json | None:
    value = fields.value.get(key)
    return value if isinstance(value, dict) else None
