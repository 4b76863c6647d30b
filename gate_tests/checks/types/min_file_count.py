"""`min_file_count`: a folder holds at least so many files of a kind."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import AboutOneFile, Scope
from gate_tests.checks.thresholds import THRESHOLDS, threshold
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts, PathKind
from gate_tests.files.glob import TooManyFiles, escape_glob
from gate_tests.workspace.names import Depth


@dataclass(frozen=True)
class MinFileCount(AboutOneFile):
    """At least `threshold` regular files below the target match `pattern`; empty and hidden ones count."""

    type: ClassVar[str] = "min_file_count"
    summary: ClassVar[str] = "at least so many files in the folder match the glob"
    mend: ClassVar[str] = "Add the files that are still wanted, in this folder, under names that the pattern matches."
    keys: ClassVar[Mapping[str, Any]] = {
        "target": {"$ref": "#/definitions/path", "description": "The folder."},
        "pattern": {
            "type": "string",
            "minLength": 1,
            "default": "*",
            "description": "A glob for names in the folder: `*`, `?`, `[abc]`, `[!abc]`; `**/` for folders below it. "
            "`{md,mdx}` is no choice: its braces stand for themselves.",
        },
        "thresholds": THRESHOLDS,
    }
    required: ClassVar[tuple[str, ...]] = ("target", "thresholds")
    measures: ClassVar[Mapping[str, str]] = {
        "pattern": "the glob",
        "count": "how many files match it",
        "threshold": "how many are wanted",
        "depth": "the depth of the run",
    }
    example: ClassVar[Mapping[str, Any]] = {
        "type": "min_file_count",
        "target": "{artifact_path}/research",
        "pattern": "*.md",
        "thresholds": {"quick": 1, "standard": 3, "deep": 6},
    }
    reads_text: ClassVar[bool] = False

    pattern: str
    threshold: float
    depth: Depth

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Takes the threshold of the run's depth."""
        pattern = scope.glob(validation.keys.get("pattern", "*"), validation, "pattern")
        return cls(pattern, threshold(validation, scope), scope.depth)

    def wanted(self) -> str:
        """What must be so."""
        return f"at least {self.threshold} files {self.pattern} (depth {self.depth})"

    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        """Counts; what cannot be counted to the end does not hold."""
        measured = {"pattern": self.pattern, "count": 0, "threshold": self.threshold, "depth": str(self.depth)}
        folder = artifacts.read(path)
        if folder.kind is not PathKind.DIRECTORY:
            return Outcome(False, folder.found, measured)
        try:
            count = len(artifacts.find(f"{escape_glob(path)}/{self.pattern}"))
        except TooManyFiles as problem:
            return Outcome(False, str(problem), measured)
        return Outcome(count >= self.threshold, f"{count} of {self.threshold}", {**measured, "count": count})
