"""What judging knows of a run: the context that its RUN.json gives."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from gate_tests.errors import Refused, suggest
from gate_tests.strict_json.fields import Fields
from gate_tests.workspace.layout import Workspace
from gate_tests.workspace.names import Depth, check_gate_id, check_same, check_slug, check_value, normal_path

Hashes = tuple[tuple[str, str], ...]
"""Pairs of (path, SHA-256)."""


@dataclass(frozen=True)
class RunContext:
    """All that judging knows of a run. `variables` are those that its workflow declares.

    `attempts` is the number of the last attempt at each gate that has one, `passed` what was recorded of the outputs
    of each gate whose last attempt passed.
    """

    run_id: str
    slug: str
    artifact_path: str
    depth: Depth
    gates: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    attempts: Mapping[str, int] = field(default_factory=dict)
    passed: Mapping[str, Hashes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuses a slug that is none, wherever it came from: paths are built from it."""
        check_slug(self.slug)

    def values(self) -> dict[str, str]:
        """The values of the variables, by name."""
        return {
            **self.variables,
            "slug": self.slug,
            "artifact_path": self.artifact_path,
            "depth": str(self.depth),
            "run_id": self.run_id,
        }

    def at_depth(self, depth: Depth) -> "RunContext":
        """The same run, were it of this depth."""
        return replace(self, depth=depth)

    def to_json(self) -> dict[str, Any]:
        """`{run_id, slug, artifact_path, depth, gates, variables, attempts, passed}`."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "RunContext":
        """The same, read."""
        passed = {gate: tuple((path, sha256) for path, sha256 in outputs) for gate, outputs in data["passed"].items()}
        return cls(**{**data, "depth": Depth(data["depth"]), "gates": tuple(data["gates"]), "passed": passed})

    @classmethod
    def read(cls, workspace: Workspace, run_id: str) -> "RunContext":
        """The context of a run as its record has it. Raises Refused, DamagedRecord."""
        record = Fields.of(workspace.read_record(run_id))
        own_id = record.checked("run_id", lambda text: check_same(text, run_id))
        workflow = record.object("workflow")
        variables = workflow.optional_object("variables")
        gates = record.objects(
            "gates",
            lambda gate: (
                gate.checked("gate", check_gate_id),
                gate.objects("attempts", lambda attempt: attempt) if "attempts" in gate else (),
            ),
        )
        return cls(
            run_id=own_id,
            slug=workflow.checked("slug", check_slug),
            artifact_path=workflow.checked("artifact_path", lambda path: normal_path(path, "artifact path")),
            depth=record.choice("depth", Depth),
            gates=tuple(gate for gate, _ in gates),
            variables={name: variables.checked(name, check_value) for name in variables.value} if variables else {},
            attempts={gate: attempts[-1].number("attempt") for gate, attempts in gates if attempts},
            passed={
                gate: attempts[-1].objects("artifacts", lambda row: (row.text("resolved_path"), row.text("sha256")))
                for gate, attempts in gates
                if attempts and attempts[-1].text("status") == "PASS"
            },
        )

    def check_gate(self, gate: str) -> str:
        """`gate`, if the run goes through it. Raises Refused."""
        if gate not in self.gates:
            raise Refused(
                f"unknown gate {gate!r} in run {self.run_id}{suggest(gate, self.gates)}",
                next_command=f"orch run show --run {self.run_id}",
            )
        return gate
