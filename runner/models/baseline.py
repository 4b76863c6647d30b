"""The state at the start of an attempt, and the contract it refers to."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from gate_tests.strict_json.fields import NO_MEMBERS, Fields
from gate_tests.workspace.run_context import parse_baseline_files
from runner.models.context import AttemptContext
from runner.models.rows import Json


class ContractRef(NamedTuple):
    """The contract an attempt was judged by."""

    path: str
    sha256: str

    def to_json(self) -> Json:
        """`{path, sha256}`."""
        return {"path": self.path, "sha256": self.sha256}

    @classmethod
    def from_json(cls, fields: Fields) -> "ContractRef":
        """Parse `{path, sha256}`. Raises DamagedRecord."""
        return cls(fields.text("path"), fields.text("sha256"))


class Baseline(NamedTuple):
    """The state at the start of an attempt: the contract's hash, the existing outputs, and what else decides.

    `context` is None in records of orch 0.1.0. `schemas` are the JSON schemas of the contract's checks. `extra` has the
    members that we do not know.
    """

    contract_sha256: str
    outputs: tuple[tuple[str, str], ...]
    """(path, SHA-256) of each."""
    context: AttemptContext | None = None
    schemas: tuple[tuple[str, str | None], ...] = ()
    """(path, SHA-256) of each; None for one that did not exist."""
    unread: tuple[str, ...] = ()
    """The outputs that existed and could not be hashed; one that is neither here nor in `outputs` did not exist."""
    extra: Mapping[str, Any] = NO_MEMBERS

    def to_json(self) -> Json:
        """`{contract_sha256, context?, outputs: [{path, sha256}], unread?: [path], schemas?: [{path, sha256}]}`."""
        outputs, schemas = (
            [{"path": path, "sha256": sha256} for path, sha256 in files] for files in (self.outputs, self.schemas)
        )
        return {
            "contract_sha256": self.contract_sha256,
            **({"context": self.context.to_json()} if self.context else {}),
            "outputs": outputs,
            **({"unread": list(self.unread)} if self.unread else {}),
            **({"schemas": schemas} if schemas else {}),
            **self.extra,
        }

    @classmethod
    def from_json(cls, fields: Fields) -> "Baseline":
        """Parse such an object. Raises DamagedRecord."""
        context = fields.optional_object("context")
        schemas = fields.objects("schemas", _parse_schema) if "schemas" in fields else ()
        outputs, unread = parse_baseline_files(fields)
        return cls(
            contract_sha256=fields.text("contract_sha256"),
            outputs=outputs,
            context=AttemptContext.from_json(context) if context else None,
            schemas=schemas,
            unread=unread,
            extra=fields.rest(("contract_sha256", "context", "outputs", "unread", "schemas")),
        )


def _parse_schema(row: Fields) -> tuple[str, str | None]:
    return row.text("path"), row.optional_text("sha256")
