"""A check: one rule applied to one target in one run, and its row in the record."""

from typing import Any, NamedTuple

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule
from gate_tests.contract import Severity
from gate_tests.files.artifacts import Artifacts
from gate_tests.sanitize import plain
from gate_tests.strict_json.document import Document, JsonPath

_LONGEST_REASON = 2000


class Target(NamedTuple):
    """A path as the contract writes it, as it is in this run, and what may stand in for it if it is missing."""

    template: str
    path: str
    stand_ins: tuple[str, ...] = ()

    def standing(self, artifacts: Artifacts) -> "Target":
        """The target to judge: itself, or the first stand-in that is a file if nothing stands at its own path."""
        if not self.stand_ins or not artifacts.read(self.path).is_missing:
            return self
        path = next((path for path in self.stand_ins if artifacts.read(path).is_file), self.path)
        return self._replace(path=path)


class Check(NamedTuple):
    """One rule applied to one target in one run. `id` is unique in its gate and the same in every run."""

    id: str
    type: CheckType
    rule: Rule
    target: Target
    severity: Severity
    description: str
    missing_ok: bool
    document: Document
    json_path: JsonPath

    @property
    def line(self) -> int:
        """Where the contract asks for it. Looked for only where somebody wants to know."""
        return self.document.line(self.json_path)

    def standing(self, artifacts: Artifacts) -> "Check":
        """The check of the target that is there to be judged."""
        target = self.target.standing(artifacts)
        return self if target is self.target else self._replace(target=target)

    @property
    def reads(self) -> tuple[str, ...]:
        """Every path that it may look at; its target's first."""
        return (self.target.path, *self.target.stand_ins, *self.rule.other_paths)

    def evaluate(self, artifacts: Artifacts) -> Outcome:
        """Whether the rule holds for the target."""
        path = self.target.path
        outcome = self.rule.evaluate(path, artifacts)
        if self.missing_ok and artifacts.read(path).is_missing:
            return Outcome(True, "nothing there, which is allowed", outcome.measured)
        return outcome._replace(found=plain(outcome.found))

    def describe(self) -> str:
        """In words, what will be checked."""
        others = [path for path in self.target.stand_ins if path != self.target.path]
        or_else = f", or else the first there of {', '.join(others)}" if others else ""
        about = f"{self.target.path}{or_else}: {self.rule.describe()}"
        if self.missing_ok:
            about += ", if it exists"
        return about + (" (a warning only)" if self.severity is Severity.WARNING else "")

    def reason(self, outcome: Outcome) -> str:
        """In one line, why it does not hold."""
        return plain(f"{self.target.path}: wanted {self.rule.describe()}, found {outcome.found}", _LONGEST_REASON)

    def row(self, outcome: Outcome) -> dict[str, Any]:
        """The check's row in an attempt's `validations`."""
        fails = not outcome.holds and self.severity is Severity.ERROR
        row: dict[str, Any] = {
            "id": self.id,
            "type": self.type.name,
            "path": self.target.template,
            "resolved_path": self.target.path,
            "severity": str(self.severity),
            "pass": not fails,
            "description": self.description,
            **outcome.measured,
        }
        if not outcome.holds:
            row |= {"reason": self.reason(outcome)} if fails else {"warning": True, "reason": self.reason(outcome)}
        return row
