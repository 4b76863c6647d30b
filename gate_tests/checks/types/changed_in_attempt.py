"""`changed_in_attempt`: an output is not as it was when the work at the gate began."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, NamedTuple, Self

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.truncation import MAX_RECORDED, join_truncated
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifact, Artifacts, PathKind
from gate_tests.files.glob import TooManyFiles, has_wildcards
from gate_tests.typing_compat import override
from gate_tests.workspace.run_context import OpenBaseline


class _Change(NamedTuple):
    """An output, and how it differs from the baseline."""

    path: str
    reason: str


@dataclass(frozen=True)
class ChangedInAttempt(Rule):
    """One of the files that `globs` find, or that `baseline` has, is not as in the baseline.

    `globs` are those of the declared outputs of `gate`. `baseline` is None if no attempt is open. What could not be
    hashed, then or now, is not known to have changed.
    """

    reads_text: ClassVar[bool] = False

    gate: str
    globs: tuple[str, ...]
    baseline: OpenBaseline | None

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Takes the baseline from the run's context. Refuses a contract that declares no output."""
        globs = scope.output_globs
        if not globs:
            raise scope.make_error(validation, "requires required_outputs, and the contract declares none")
        return cls(scope.gate, globs, scope.context.baselines.get(scope.gate))

    @property
    @override
    def subject(self) -> str:
        return self.gate

    @property
    @override
    def other_paths(self) -> tuple[str, ...]:
        return tuple(path for path, _ in self.baseline.outputs) if self.baseline else ()

    @override
    def describe(self) -> str:
        first = f"attempt {self.baseline.attempt}" if self.baseline else "the first attempt after the last PASS"
        return f"an output changed since the start of {first}"

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        if self.baseline is None:
            return Outcome(False, f"no open attempt of gate {self.gate}", {"changed": []})
        try:
            outputs = {path for glob in self.globs for path in artifacts.find(glob)}
        except TooManyFiles as error:
            return Outcome(False, str(error), {"changed": []})
        before = dict(self.baseline.outputs)
        paths = sorted(outputs.union(before), key=os.fsencode)
        changes = list(_find_changes(map(artifacts.read, paths), before, self.baseline.unread))
        rows = [change._asdict() for change in changes[:MAX_RECORDED]]
        return Outcome(bool(changes), self._describe_changes(changes, len(paths)), {"changed": rows})

    def _describe_changes(self, changes: list[_Change], count: int) -> str:
        if changes:
            return join_truncated([f"{change.path} ({change.reason})" for change in changes])
        unread = self.baseline.unread if self.baseline else ()
        unknown = f"; unknown for {join_truncated(unread)}, not hashed at the start" if unread else ""
        return f"{count} unchanged{unknown}"


def _find_changes(outputs: Iterable[Artifact], before: dict[str, str], unread: tuple[str, ...]) -> Iterator[_Change]:
    """What differs for certain: where a glob was left out of the baseline, a file that it lacks need not be new."""
    is_partial = any(map(has_wildcards, unread))
    for output in outputs:
        was = before.get(output.path)
        if output.path in unread or output.kind is PathKind.UNREADABLE or (is_partial and was is None):
            continue
        if output.is_file:
            if output.sha256 != was:
                yield _Change(output.path, "changed" if was else "new")
        elif was:
            yield _Change(output.path, "removed" if output.is_missing else output.found)


CHECK_TYPE: Final = CheckType(
    name="changed_in_attempt",
    summary=(
        "at least one declared output was changed, added or removed since the start of the gate's first attempt after "
        "its last PASS. Without an open attempt it fails"
    ),
    keys={},
    required=(),
    measures={
        "changed": "the outputs that differ: `path`, `reason`; the first 50",
    },
    example={"type": "changed_in_attempt", "description": "The outputs are from this attempt"},
    fix=(
        "Do the work of the gate: no declared output has changed since the attempt started. Without an open attempt, "
        "run `orch gate start` before the work."
    ),
    bind=ChangedInAttempt.bind,
    target_key=None,
    evidence=Evidence.EXISTENCE,
    not_mutated="it depends on the record of the attempt",
)
