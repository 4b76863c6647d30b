"""`unchanged_since`: what an earlier gate was passed with is still so."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope
from gate_tests.checks.truncation import MOST_RECORDED, told
from gate_tests.contract import Validation
from gate_tests.errors import suggest
from gate_tests.files.artifacts import Artifacts


@dataclass(frozen=True)
class UnchangedSince:
    """The outputs of `gate` have the hashes that its passing attempt recorded; None where it has not passed."""

    type: ClassVar[str] = "unchanged_since"
    summary: ClassVar[str] = "the outputs of an earlier gate have the hashes of its passing attempt"
    mend: ClassVar[str] = (
        "Put the named files back as they were when that gate passed (git has them); or, if the change is "
        "right, start that gate again, so that it is judged anew."
    )
    keys: ClassVar[Mapping[str, Any]] = {
        "gate": {
            "type": "string",
            "minLength": 1,
            "description": "The id of another gate of the run. That it has not passed fails the check.",
        }
    }
    required: ClassVar[tuple[str, ...]] = ("gate",)
    measures: ClassVar[Mapping[str, str]] = {
        "changed": "the outputs that are not as they were: `path`, `reason`; the first 50",
    }
    example: ClassVar[Mapping[str, Any]] = {"type": "unchanged_since", "gate": "G2"}
    target_key: ClassVar[str | None] = None
    reads_text: ClassVar[bool] = False

    gate: str
    outputs: tuple[tuple[str, str], ...] | None

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Takes the hashes that came with the run. Where a run's gates are not known, any gate may be named."""
        gate: str = validation.keys["gate"]
        others = [other for other in scope.context.gates if other != scope.gate]
        if gate == scope.gate:
            raise scope.refuse(validation, f"names its own gate {gate!r}{suggest(gate, others)}", "gate")
        if others and gate not in others:
            raise scope.refuse(validation, f"unknown gate {gate!r}{suggest(gate, others)}", "gate")
        return cls(gate, scope.context.passed.get(gate))

    def subject(self) -> str:
        """The gate."""
        return self.gate

    @property
    def others(self) -> tuple[str, ...]:
        """The outputs."""
        return tuple(path for path, _ in self.outputs or ())

    def wanted(self) -> str:
        """What must be so."""
        return f"the outputs that {self.gate} passed with"

    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        """Names the outputs that are not as they were."""
        if not self.outputs:
            found = (
                f"gate {self.gate} has not passed"
                if self.outputs is None
                else f"gate {self.gate} passed with no outputs"
            )
            return Outcome(False, found, {"changed": []})
        seen = [(artifacts.read(output), sha256) for output, sha256 in self.outputs]
        changed = [
            {"path": now.path, "reason": "changed" if now.is_file else now.found}
            for now, sha256 in seen
            if not now.is_file or now.sha256 != sha256
        ]
        found = told([f"{each['path']} ({each['reason']})" for each in changed]) or f"{len(seen)} unchanged"
        return Outcome(not changed, found, {"changed": changed[:MOST_RECORDED]})
