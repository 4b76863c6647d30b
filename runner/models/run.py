"""The record of a run: named tuples and their JSON, side by side.

A RUN.json::

    {"schema_version": 2, "run_id": "run_…", "workflow": {"name", "version", "slug", "artifact_path", …},
     "depth": "standard", "prompt": null | {"file", "sha256"}, "pins": {"workflow", "contracts": {"G1": "…"}},
     "status": "RUNNING",
     "started_at": "…Z", "finished_at": null, "progress": {"passed": 1, "total": 3},
     "gates": [{"gate": "G1", "name": "…", "status": "PASS", "attempts": [{…}]}],
     "invocations": [{…}], "artifacts_index": [{…}], "validations": [], "events": [{…}]}

Records of orch 0.1.0 have the `schema_version` 1 and no `pins`. Records of the original runner have no `schema_version`
and no `progress` either, and rows of other shapes in their finished attempts. They are read, and written back as they
were.
"""

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from gate_tests.errors import Refused, suggest
from gate_tests.strict_json.document import Document
from gate_tests.strict_json.fields import NO_MEMBERS, Fields
from gate_tests.workspace.names import Depth
from gate_tests.workspace.run_context import (
    Hashes,
    OpenBaseline,
    RunContext,
    parse_artifact_path,
    parse_depth,
    parse_slug,
    parse_variables,
)
from runner import suggestions
from runner.models.artifact_index import IndexEntry
from runner.models.attempt import Json
from runner.models.context import AttemptContext, Pins
from runner.models.event import Event
from runner.models.gate import Gate
from runner.models.invocation import Invocation
from runner.models.rows import Rows
from runner.models.status import GateStatus, RunStatus

SCHEMA_VERSION: Final = 2
"""That of new runs; a run keeps the one that it was started with."""

SUPPORTED_VERSIONS: Final = (1, SCHEMA_VERSION)


class Prompt(NamedTuple):
    """The prompt file a run was started with, by its path or base name, and its hash.

    `extra` has the members that we do not know.
    """

    file: str
    sha256: str
    extra: Mapping[str, Any] = NO_MEMBERS

    def to_json(self) -> Json:
        """`{file, sha256, …}`."""
        return {"file": self.file, "sha256": self.sha256, **self.extra}

    @classmethod
    def from_json(cls, record: Fields) -> "Prompt | None":
        """Parse the member `prompt` of a record. Raises DamagedRecord."""
        prompt = record.optional_object("prompt")
        return cls(prompt.text("file"), prompt.text("sha256"), prompt.rest(("file", "sha256"))) if prompt else None


class WorkflowRef(NamedTuple):
    """The workflow as it was when the run started. `extra` has the members that we do not know."""

    name: str
    version: str
    slug: str
    artifact_path: str
    variables: Mapping[str, str] = NO_MEMBERS
    extra: Mapping[str, Any] = NO_MEMBERS

    def to_json(self) -> Json:
        """`{name, version, slug, artifact_path, variables?, …}`."""
        named = {"name": self.name, "version": self.version, "slug": self.slug, "artifact_path": self.artifact_path}
        return named | ({"variables": dict(self.variables)} if self.variables else {}) | dict(self.extra)

    @classmethod
    def from_json(cls, fields: Fields) -> "WorkflowRef":
        """Parse the member `workflow` of a record. Raises DamagedRecord."""
        name, version, slug, artifact_path = (
            fields.text(key) for key in ("name", "version", "slug", "artifact_path")
        )  # fmt: skip
        parse_slug(fields)
        parse_artifact_path(fields)  # written back as it is, normal or not
        return cls(
            name=name,
            version=version,
            slug=slug,
            artifact_path=artifact_path,
            variables=parse_variables(fields),
            extra=fields.rest(("name", "version", "slug", "artifact_path", "variables")),
        )


class Run(NamedTuple):
    """The whole record of a run. `extra` has the members that we do not know."""

    run_id: str
    workflow: WorkflowRef
    depth: Depth
    status: RunStatus
    started_at: str
    gates: tuple[Gate, ...]
    prompt: Prompt | None = None
    pins: Pins | None = Pins(None, NO_MEMBERS)
    finished_at: str | None = None
    invocations: Rows[Invocation] = Rows()
    artifacts_index: Rows[IndexEntry] = Rows()
    validations: tuple[Any, ...] = ()
    events: Rows[Event] = Rows()
    schema_version: int | None = SCHEMA_VERSION
    extra: Mapping[str, Any] = NO_MEMBERS
    absent: frozenset[str] = frozenset()
    """Keys that the record it was read from lacks. They are not added to a record of the original."""

    @property
    def gates_passed(self) -> int:
        """The number of gates with the status PASS."""
        return sum(gate.has_passed for gate in self.gates)

    @property
    def first_gate_not_passed(self) -> Gate | None:
        """The first gate whose status is not PASS; None where all have passed."""
        return next((gate for gate in self.gates if not gate.has_passed), None)

    def find_gate(self, gate_id: str) -> Gate | None:
        """The gate with this id, if the run has it."""
        return next((gate for gate in self.gates if gate.gate == gate_id), None)

    def gate(self, gate_id: str) -> Gate:
        """The gate with this id. Raises Refused."""
        if gate := self.find_gate(gate_id):
            return gate
        known = [gate.gate for gate in self.gates]
        raise Refused(
            f"unknown gate {gate_id!r} in run {self.run_id}{suggest(gate_id, known)}",
            next_command=suggestions.show_run(self.run_id),
        )

    def with_gate(self, changed: Gate) -> "Run":
        """The run with one gate changed."""
        return self._replace(gates=tuple(changed if gate.gate == changed.gate else gate for gate in self.gates))

    def with_event(self, event: Event) -> "Run":
        """The run with one more event."""
        return self._replace(events=self.events.with_row(event))

    def context(self) -> RunContext:
        """The context of the run for judging, without `passed` and `baselines`, which few contracts need."""
        return RunContext(
            run_id=self.run_id,
            slug=self.workflow.slug,
            artifact_path=self.workflow.artifact_path,
            depth=self.depth,
            gates=tuple(gate.gate for gate in self.gates),
            variables=self.workflow.variables,
            attempts={gate.gate: gate.last_attempt.number for gate in self.gates if gate.last_attempt},
        )

    @property
    def attempt_context(self) -> AttemptContext:
        """The context that an attempt at one of its gates records."""
        workflow = self.workflow
        return AttemptContext(
            self.run_id, workflow.name, workflow.slug, workflow.artifact_path, str(self.depth), workflow.variables
        )

    def passed_outputs(self) -> dict[str, Hashes]:
        """The outputs that the last attempt of each gate recorded, if it passed: (resolved path, SHA-256)."""
        return {
            gate.gate: gate.last_attempt.artifact_hashes
            for gate in self.gates
            if gate.last_attempt and gate.last_attempt.status is GateStatus.PASS
        }

    def open_baselines(self) -> dict[str, OpenBaseline]:
        """The `open_baseline` of each gate that has one."""
        return {gate.gate: baseline for gate in self.gates if (baseline := gate.open_baseline)}

    def to_json(self) -> Json:
        """The RUN.json. The members that a list of runs shows precede `gates`, see `run_summary`."""
        record = {
            "schema_version": self.schema_version,
            "run_id": self.run_id,
            "workflow": self.workflow.to_json(),
            "depth": str(self.depth),
            "prompt": self.prompt.to_json() if self.prompt else None,
            "pins": self.pins.to_json() if self.pins else None,
            "status": str(self.status),
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "progress": {"passed": self.gates_passed, "total": len(self.gates)},
            "gates": [gate.to_json() for gate in self.gates],
            "invocations": self.invocations.to_json(),
            "artifacts_index": self.artifacts_index.to_json(),
            "validations": list(self.validations),
            "events": self.events.to_json(),
            **self.extra,
        }
        return {key: value for key, value in record.items() if key not in self.absent}

    @classmethod
    def from_json(cls, document: Document) -> "Run":
        """Parse a RUN.json. Raises DamagedRecord."""
        fields = Fields.of(document)
        pins = fields.optional_object("pins")
        return cls(
            schema_version=fields.optional_number("schema_version"),
            run_id=fields.text("run_id"),
            workflow=WorkflowRef.from_json(fields.object("workflow")),
            depth=parse_depth(fields),
            prompt=Prompt.from_json(fields),
            pins=Pins.from_json(pins) if pins else None,
            status=fields.choice("status", RunStatus),
            started_at=fields.text("started_at"),
            finished_at=fields.optional_text("finished_at"),
            gates=fields.objects("gates", Gate.from_json),
            invocations=Rows.read(fields, "invocations", Invocation),
            artifacts_index=Rows.read(fields, "artifacts_index", IndexEntry),
            validations=fields.items("validations"),
            events=Rows.read(fields, "events", Event),
            extra=fields.rest(RUN_KEYS),
            absent=frozenset(key for key in RUN_KEYS if key not in fields),
        )


RUN_KEYS: Final = (
    "schema_version", "run_id", "workflow", "depth", "prompt", "pins", "status", "started_at", "finished_at",
    "progress", "gates", "invocations", "artifacts_index", "validations", "events",
)  # fmt: skip

OWN_KEYS: Final = ("schema_version", "pins", "progress")
"""The keys that a record of the original lacks."""
