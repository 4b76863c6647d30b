"""`dir_exists`: a folder stands at the path."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import AboutOneFile, Scope
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts, PathKind


@dataclass(frozen=True)
class DirExists(AboutOneFile):
    """The folder at the target exists, empty or not. A file of that name is none."""

    type: ClassVar[str] = "dir_exists"
    summary: ClassVar[str] = "the folder exists"
    mend: ClassVar[str] = "Make the folder at exactly this path, and put the work into it: git keeps no empty folder."
    keys: ClassVar[Mapping[str, Any]] = {"target": {"$ref": "#/definitions/path"}}
    required: ClassVar[tuple[str, ...]] = ("target",)
    measures: ClassVar[Mapping[str, str]] = {}
    example: ClassVar[Mapping[str, Any]] = {"type": "dir_exists", "target": "{artifact_path}/research"}
    reads_text: ClassVar[bool] = False

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """It has no parameters but its target."""
        return cls()

    def wanted(self) -> str:
        """What must be so."""
        return "an existing folder"

    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        """Whether a folder stands there."""
        artifact = artifacts.read(path)
        return Outcome(artifact.kind is PathKind.DIRECTORY, artifact.found)
