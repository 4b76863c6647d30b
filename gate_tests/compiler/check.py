"""A check: one rule applied to one target in one run."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.output import MISSING_DIRECTORY
from gate_tests.checks.result import CheckResult, CheckStatus, ReadFile
from gate_tests.checks.rule import Rule
from gate_tests.compiler.each_file import evaluate_file
from gate_tests.contract import Severity
from gate_tests.errors import NoVerdict
from gate_tests.files.artifacts import Artifacts, PathKind
from gate_tests.files.path_or_glob import PathOrGlob
from gate_tests.sanitize import sanitize_line
from gate_tests.strict_json.document import Document, JsonPath

_MAX_REASON: Final = 2000
"""Characters of a reason in the record."""
_MAX_FOUND: Final = 1500
"""Characters of what was found."""
_MISSING: Final = (PathKind.MISSING.value, MISSING_DIRECTORY)


class Target(NamedTuple):
    """A path or glob as written in the contract and as in this run, and those that replace it if it is missing."""

    template: str
    file: PathOrGlob
    alternatives: tuple[PathOrGlob, ...] = ()

    @property
    def path(self) -> str:
        """The path, or the glob as it is shown."""
        return self.file.path

    def resolve(self, artifacts: Artifacts) -> "Target":
        """The target to evaluate: itself, or if it is missing, the first alternative of which there is a file."""
        if not self.alternatives or not self.file.is_missing(artifacts):
            return self
        return self._replace(file=next((each for each in self.alternatives if each.has_file(artifacts)), self.file))


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
        """The line of the contract that defines it. Slow: computed at each call."""
        return self.document.line(self.json_path)

    def resolve(self, artifacts: Artifacts) -> "Check":
        """The check with its target resolved."""
        target = self.target.resolve(artifacts)
        return self if target is self.target else self._replace(target=target)

    @property
    def reads(self) -> tuple[str, ...]:
        """Every path that it may read, globs as they are shown; its target's first."""
        return (self.target.path, *(each.path for each in self.target.alternatives), *self.rule.other_paths)

    def evaluate(self, artifacts: Artifacts) -> Outcome:
        """Whether the target passes, or is missing and may be. Raises NoVerdict."""
        file = self.target.file
        try:
            outcome = evaluate_file(self.rule, file, artifacts)
        except MemoryError:  # not for one file, which `Artifacts.judge_text` would name
            raise NoVerdict("not enough memory") from None
        if self.missing_ok and file.is_missing(artifacts):
            return Outcome(True, f"{PathKind.MISSING.value}, which missing_ok allows", outcome.measured)
        return outcome._replace(
            found=sanitize_line(outcome.found, _MAX_FOUND), lines=tuple(map(sanitize_line, outcome.lines))
        )

    def describe(self) -> str:
        """What will be checked, in words."""
        others = [each.path for each in self.target.alternatives if each != self.target.file]
        or_else = f", or the first existing of {', '.join(others)}" if others else ""
        each_of = "each of " if self.target.file.pattern else ""
        about = f"{each_of}{self.target.path}{or_else}: {self.rule.describe()}"
        if self.missing_ok:
            about += ", if it exists"
        return about + (" (warning only)" if self.severity is Severity.WARNING else "")

    def reason(self, outcome: Outcome) -> str:
        """Why it does not pass, on one line."""
        expected = f"expected {sanitize_line(self.rule.describe())}"
        if not outcome.found.startswith(_MISSING):
            found = f"{expected}, found {outcome.found}"
        elif self.type.evidence is Evidence.EXISTENCE:
            found = outcome.found
        else:
            found = f"{outcome.found}, {expected}"
        return sanitize_line(f"{self.target.path}: {found}", _MAX_REASON)

    def result(self, outcome: Outcome, read: Sequence[ReadFile] = ()) -> CheckResult:
        """The result that a session reports and the record keeps. `read` is what it read besides its target."""
        return CheckResult(
            id=self.id,
            type=self.type.name,
            path=self.target.template,
            resolved_path=self.target.path,
            severity=self.severity,
            status=self._status(outcome),
            description=self.description,
            measured=outcome.measured,
            reason=None if outcome.holds else self.reason(outcome),
            read=read,
        )

    def _status(self, outcome: Outcome) -> CheckStatus:
        if outcome.holds:
            return CheckStatus.PASSED
        return CheckStatus.WARNED if self.severity is Severity.WARNING else CheckStatus.FAILED
