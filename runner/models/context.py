"""What decides how the work of a run is judged: its context, which each attempt records, and its pins.

"context": {"run_id", "workflow", "slug", "artifact_path", "depth", "variables"}
"pins": {"workflow": "<sha256>" | null, "contracts": {"G1": "<sha256>"}}
"""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from gate_tests.strict_json.fields import NO_MEMBERS, Fields
from gate_tests.workspace.run_context import parse_depth, parse_slug, parse_variables

if TYPE_CHECKING:
    from runner.models.rules import GateRules

Json = dict[str, Any]


class AttemptContext(NamedTuple):
    """The run as an attempt was judged in it. Paths, thresholds and patterns of its contract depend on it."""

    run_id: str
    workflow: str
    slug: str
    artifact_path: str
    depth: str
    variables: Mapping[str, str]

    def find_changes(self, now: "AttemptContext") -> Iterator[str]:
        """What differs `now`, each as `depth is 'quick', was 'deep'`."""
        for name, before, after in zip(self._fields, self, now, strict=True):
            if before != after:
                yield f"{name} is {after!r}, was {before!r}"

    def to_json(self) -> Json:
        """The member `context` of an attempt and of its baseline."""
        return {**self._asdict(), "variables": dict(self.variables)}

    @classmethod
    def from_json(cls, fields: Fields) -> "AttemptContext":
        """Parse such an object. Raises DamagedRecord."""
        return cls(
            run_id=fields.text("run_id"),
            workflow=fields.text("workflow"),
            slug=parse_slug(fields),
            artifact_path=fields.text("artifact_path"),
            depth=str(parse_depth(fields)),
            variables=parse_variables(fields),
        )


class Pins(NamedTuple):
    """The SHA-256 of the workflow and of each contract as of the run's start, or as a person accepted them since.

    `extra` has the members that we do not know.
    """

    workflow: str | None
    contracts: Mapping[str, str]
    extra: Mapping[str, Any] = NO_MEMBERS

    def pin(self, gate: str, rules: "GateRules") -> "Pins":
        """The pins with those of the contract of `gate` and of the workflow replaced."""
        contracts = {**self.contracts, gate: rules.contract.sha256} if rules.contract.sha256 else self.contracts
        return self._replace(workflow=rules.workflow.sha256, contracts=contracts)

    def to_json(self) -> Json:
        """The member `pins` of a RUN.json."""
        return {"workflow": self.workflow, "contracts": dict(self.contracts), **self.extra}

    @classmethod
    def from_json(cls, fields: Fields) -> "Pins":
        """Parse that member. Raises DamagedRecord."""
        contracts = fields.object("contracts")
        if "workflow" not in fields:
            raise fields.error("workflow", "is missing")
        hashes = {gate: contracts.text(gate) for gate in contracts.value}
        return cls(fields.optional_text("workflow"), hashes, fields.rest(("workflow", "contracts")))
