"""`unchanged_since`: the outputs of an earlier gate have not changed since it passed."""

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.strictness import replaced
from gate_tests.checks.truncation import MAX_RECORDED, join_truncated
from gate_tests.contract import Validation
from gate_tests.errors import suggest
from gate_tests.files.artifacts import Artifacts
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class UnchangedSince(Rule):
    """Each of `outputs` has its recorded hash: pairs of path and SHA-256; None if `gate` has not passed."""

    reads_text: ClassVar[bool] = False

    gate: str
    outputs: tuple[tuple[str, str], ...] | None

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Takes the hashes from the run's context. Refuses an unknown gate, if the gates of the run are known."""
        gate: str = validation.keys["gate"]
        others = [other for other in scope.context.gates if other != scope.gate]
        if gate == scope.gate:
            raise scope.make_error(validation, f"names its own gate {gate!r}{suggest(gate, others)}", "gate")
        if others and gate not in others:
            raise scope.make_error(validation, f"unknown gate {gate!r}{suggest(gate, others)}", "gate")
        return cls(gate, scope.context.passed.get(gate))

    @property
    @override
    def subject(self) -> str:
        return self.gate

    @property
    @override
    def other_paths(self) -> tuple[str, ...]:
        return tuple(path for path, _ in self.outputs or ())

    @override
    def describe(self) -> str:
        return f"the outputs of {self.gate} unchanged since it passed"

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        if not self.outputs:
            found = (
                f"gate {self.gate} has not passed"
                if self.outputs is None
                else f"gate {self.gate} passed without outputs"
            )
            return Outcome(False, found, {"changed": []})
        seen = [(artifacts.read(output), sha256) for output, sha256 in self.outputs]
        changed = [
            {"path": now.path, "reason": "changed" if now.is_file else now.found}
            for now, sha256 in seen
            if not now.is_file or now.sha256 != sha256
        ]
        found = join_truncated([f"{each['path']} ({each['reason']})" for each in changed]) or f"{len(seen)} unchanged"
        return Outcome(not changed, found, {"changed": changed[:MAX_RECORDED]})


CHECK_TYPE: Final = CheckType(
    name="unchanged_since",
    summary="the outputs of an earlier gate have not changed since it passed, by their hashes",
    keys={
        "gate": {
            "type": "string",
            "minLength": 1,
            "description": "The id of another gate of the run. The check fails if that gate has not passed.",
        }
    },
    required=("gate",),
    measures={
        "changed": "the changed outputs: `path`, `reason`; the first 50",
    },
    example={"type": "unchanged_since", "gate": "G2"},
    fix=(
        "Restore these files as they were when that gate passed, from git; or, if the change is intended, start that "
        "gate again, so that it is judged again."
    ),
    bind=UnchangedSince.bind,
    strictness={"gate": replaced},
    target_key=None,
    not_mutated="it depends on the record of another gate",
)
