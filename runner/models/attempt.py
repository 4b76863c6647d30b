"""One try at a gate, as it stands in RUN.json and, once finished, in `attempt-<n>.json`.

::

    {"attempt": 1, "status": "PASS", "started_at": "…Z", "finished_at": "…Z", "agent": "…", "prompt_sha256": null,
     "invocation_ids": [], "required_outputs": ["{artifact_path}/…"],
     "artifacts": [{"path", "resolved_path", "sha256", "size_bytes", "exists": true}],
     "validations": [{"id", "type", "path", "resolved_path", "severity", "pass", …, "description", "reason"?}],
     "pre_scripts"?: [{"path", "exit_code", "duration_ms", "output_sha256", "pass", "reason"?}],
     "failure_reason": null, "contract": {"path", "sha256"}, "baseline": {"contract_sha256", "outputs"},
     "runner": {"orch", "python", "pytest"}, "git": {"commit", "dirty"}}
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from gate_tests.strict_json.fields import Fields
from runner.models.status import GateStatus

Json = dict[str, Any]

_LATER_KEYS = ("prompt_sha256", "contract", "baseline", "runner", "git")
"""What an attempt of the original may lack."""


class Artifact(NamedTuple):
    """An output that existed when its attempt was finished: `path` is the template, `sha256` of its bytes."""

    path: str
    resolved_path: str
    sha256: str
    size_bytes: int
    optional: bool = False

    def to_json(self) -> Json:
        """The row in `artifacts`."""
        row: Json = {
            "path": self.path,
            "resolved_path": self.resolved_path,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "exists": True,
        }
        return row | ({"optional": True} if self.optional else {})

    @classmethod
    def from_json(cls, fields: Fields) -> "Artifact":
        """The same, read."""
        path, resolved_path, sha256 = (fields.text(key) for key in ("path", "resolved_path", "sha256"))
        return cls(path, resolved_path, sha256, fields.number("size_bytes"), fields.value.get("optional") is True)


class ContractRef(NamedTuple):
    """The contract an attempt was judged by."""

    path: str
    sha256: str

    def to_json(self) -> Json:
        """`{path, sha256}`."""
        return {"path": self.path, "sha256": self.sha256}

    @classmethod
    def from_json(cls, fields: Fields) -> "ContractRef":
        """The same, read."""
        return cls(fields.text("path"), fields.text("sha256"))


class Baseline(NamedTuple):
    """What stood when the attempt began: the contract and the declared outputs, pairs of (path, sha256)."""

    contract_sha256: str
    outputs: tuple[tuple[str, str], ...]

    def to_json(self) -> Json:
        """`{contract_sha256, outputs: [{path, sha256}]}`."""
        outputs = [{"path": path, "sha256": sha256} for path, sha256 in self.outputs]
        return {"contract_sha256": self.contract_sha256, "outputs": outputs}

    @classmethod
    def from_json(cls, fields: Fields) -> "Baseline":
        """The same, read."""
        outputs = fields.objects("outputs", lambda row: (row.text("path"), row.text("sha256")))
        return cls(fields.text("contract_sha256"), outputs)


@dataclass(frozen=True)
class Attempt:
    """One try at a gate. `recorded` is the JSON a finished one was read from: it never changes again."""

    number: int
    status: GateStatus
    started_at: str
    agent: str
    required_outputs: tuple[str, ...] = ()
    finished_at: str | None = None
    prompt_sha256: str | None = None
    invocation_ids: tuple[str, ...] = ()
    artifacts: tuple[Artifact, ...] = ()
    validations: tuple[Mapping[str, Any], ...] = ()
    failure_reason: str | None = None
    contract: ContractRef | None = None
    baseline: Baseline | None = None
    runner: Json | None = None
    git: Json | None = None
    pre_scripts: tuple[Json, ...] = ()
    recorded: Json | None = field(default=None, compare=False, repr=False)
    absent: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """Keys that the record it was read from did not have: an open attempt of the original lacks ours."""

    @property
    def is_open(self) -> bool:
        """Whether it waits to be finished."""
        return self.status is GateStatus.RUNNING

    @property
    def contract_sha256(self) -> str | None:
        """The hash of the contract it refers to; None where the record names no contract."""
        return self.contract.sha256 if self.contract else None

    def began_with_another_contract(self, sha256: str) -> bool:
        """Whether it began when the contract had another hash; an attempt of the original does not know."""
        return self.baseline is not None and self.baseline.contract_sha256 != sha256

    def to_json(self) -> Json:
        """`{attempt, status, …}`, as it stands in RUN.json and, once finished, in its own file."""
        attempt = self.recorded or {
            "attempt": self.number,
            "status": str(self.status),
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "agent": self.agent,
            "prompt_sha256": self.prompt_sha256,
            "invocation_ids": list(self.invocation_ids),
            "required_outputs": list(self.required_outputs),
            "artifacts": [artifact.to_json() for artifact in self.artifacts],
            "validations": [dict(row) for row in self.validations],
            **({"pre_scripts": list(self.pre_scripts)} if self.pre_scripts else {}),
            "failure_reason": self.failure_reason,
            "contract": self.contract.to_json() if self.contract else None,
            "baseline": self.baseline.to_json() if self.baseline else None,
            "runner": self.runner,
            "git": self.git,
        }
        return {key: value for key, value in attempt.items() if key not in self.absent}

    @classmethod
    def from_json(cls, fields: Fields) -> "Attempt":
        """Reads what a later step needs; of a finished attempt's rows nothing is needed but that they stay."""
        status = fields.choice("status", GateStatus)
        if status is GateStatus.NOT_STARTED:
            raise fields.damage("status", "is NOT_STARTED; an attempt has been started")
        contract, baseline = fields.optional_object("contract"), fields.optional_object("baseline")
        return cls(
            number=fields.number("attempt"),
            status=status,
            started_at=fields.text("started_at"),
            finished_at=fields.optional_text("finished_at"),
            agent=fields.text("agent"),
            required_outputs=fields.texts("required_outputs"),
            prompt_sha256=fields.optional_text("prompt_sha256"),
            invocation_ids=fields.texts("invocation_ids"),
            validations=_rows(fields),
            failure_reason=fields.optional_text("failure_reason"),
            contract=ContractRef.from_json(contract) if contract else None,
            baseline=Baseline.from_json(baseline) if baseline else None,
            recorded=None if status is GateStatus.RUNNING else dict(fields.value),
            absent=frozenset(key for key in _LATER_KEYS if key not in fields),
        )


def _rows(fields: Fields) -> tuple[Mapping[str, Any], ...]:
    """The rows of `validations`; thousands need not be taken apart one by one to see that they are objects."""
    rows = fields.items("validations")
    return rows if {dict}.issuperset(map(type, rows)) else fields.objects("validations", lambda row: row.value)


MANUAL_AGENT = "manual"


ABANDONED = "abandoned"
"""Why an attempt failed that nobody finished."""
