"""`min_file_count`: a directory has at least a number of files that match a glob."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Final, Self

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.lint import LintWarning, lint_glob
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.output import describe_directory
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.strictness import incomparable, lower_bound
from gate_tests.checks.thresholds import THRESHOLDS, select_threshold
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts, PathKind
from gate_tests.files.glob import TooManyFiles, escape_glob
from gate_tests.sanitize import has_control
from gate_tests.typing_compat import override
from gate_tests.workspace.names import Depth


@dataclass(frozen=True)
class MinFileCount(Rule):
    """At least `threshold` regular files below the target match `pattern`, empty ones included.

    Several links to one file count once.
    """

    reads_text: ClassVar[bool] = False

    pattern: str
    threshold: float
    depth: Depth

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Selects the threshold for the run's depth."""
        pattern = scope.glob(validation.keys.get("pattern", "*"), validation, "pattern")
        return cls(pattern, select_threshold(validation, scope), scope.depth)

    @override
    def describe(self) -> str:
        return f"at least {_count_files(self.threshold)} matching {self.pattern} (depth {self.depth})"

    @override
    def explain_triviality(self) -> str | None:
        return "0 files are enough" if self.threshold == 0 else None

    @override
    def lint(self, path: str) -> Iterator[LintWarning]:
        if warning := lint_glob(self.pattern, "pattern"):
            yield warning
        elif self.threshold > 1 and not any(mark in self.pattern for mark in "*?["):
            message = f"{self.pattern!r} can match only one file, and {self.threshold:g} are required"
            yield LintWarning("matches-nothing", ("pattern",), message)

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        measured = {"pattern": self.pattern, "count": 0, "threshold": self.threshold, "depth": str(self.depth)}
        directory = artifacts.read(path)
        if directory.kind is not PathKind.DIRECTORY:
            return Outcome(False, describe_directory(directory), measured)
        try:
            paths, count = artifacts.find_files(f"{escape_glob(path)}/{self.pattern}")
        except TooManyFiles as error:
            return Outcome(False, str(error), measured)
        links, unnameable = len(paths) - count, sum(has_control(found) for found in paths)
        count = max(count - unnameable, 0)  # too few rather than too many, where one is a link to another
        found = f"{count} of {self.threshold}{_describe_links(links)}"
        if unnameable:
            found += f", and {unnameable} with control characters in the name, which do not count"
        if count < self.threshold and (hidden := _count_hidden(path, artifacts)) and not self.pattern.startswith("."):
            found += f", and {hidden} hidden, which {'does' if hidden == 1 else 'do'} not count"
        return Outcome(count >= self.threshold, found, {**measured, "count": count})


def _count_files(count: float) -> str:
    return "1 file" if count == 1 else f"{count} files"


def _count_hidden(path: str, artifacts: Artifacts) -> int:
    """How many files in the directory itself, such as `.gitkeep`, no wildcard matches."""
    try:
        return artifacts.find_files(f"{escape_glob(path)}/.*").file_count
    except TooManyFiles:
        return 0


def _describe_links(count: int) -> str:
    if not count:
        return ""
    names = "name is a link" if count == 1 else "names are links"
    return f" ({count} more {names} to the same {'file' if count == 1 else 'files'})"


CHECK_TYPE: Final = CheckType(
    name="min_file_count",
    summary="the number of files in the directory that match the glob is at least the threshold",
    keys={
        "target": {"$ref": "#/definitions/path", "description": "The directory."},
        "pattern": {
            "type": "string",
            "minLength": 1,
            "default": "*",
            "description": "A glob for file names in the directory: `*`, `?`, `[abc]`, `[!abc]`; `**/` for "
            "subdirectories. Wildcards do not match a leading dot, as in `.gitkeep`. `{md,mdx}` is not supported: "
            "braces are literal.",
        },
        "thresholds": THRESHOLDS,
    },
    required=("target", "thresholds"),
    measures={
        "pattern": "the glob",
        "count": "number of matching files",
        "threshold": "minimum number of files",
        "depth": "the depth of the run",
    },
    example={
        "type": "min_file_count",
        "target": "{artifact_path}/research",
        "pattern": "*.md",
        "thresholds": {"quick": 1, "standard": 3, "deep": 6},
    },
    fix="Add the missing files in this directory, with names that match the pattern.",
    bind=MinFileCount.bind,
    strictness={"pattern": incomparable("*"), "thresholds": lower_bound()},
    evidence=Evidence.EXISTENCE,
)
