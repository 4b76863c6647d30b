"""`file_exists`: a regular file stands at the path. Every required output gets one of these."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import AboutOneFile, Scope
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts


@dataclass(frozen=True)
class FileExists(AboutOneFile):
    """The file at the target exists; it is hashed, never decoded."""

    type: ClassVar[str] = "file_exists"
    keys: ClassVar[Mapping[str, Any]] = {
        "target": {
            "type": "string",
            "minLength": 1,
            "description": "A path, or `any_of` / `all_required` for the outputs that are required anyway.",
        }
    }
    required: ClassVar[tuple[str, ...]] = ("target",)
    summary: ClassVar[str] = (
        "the file is there. Every required output gets this check by itself; `any_of` and `all_required` as a target"
        " speak of those, to give them a description or severity"
    )
    mend: ClassVar[str] = (
        "Write the file at exactly this path, relative to the root. A folder, or a link that leads out of the "
        "root, is no file."
    )
    measures: ClassVar[Mapping[str, str]] = {}
    example: ClassVar[Mapping[str, Any]] = {"type": "file_exists", "target": "{artifact_path}/notes.md"}
    reads_text: ClassVar[bool] = False

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """It has no parameters but its target."""
        return cls()

    def wanted(self) -> str:
        """What must be so."""
        return "an existing file"

    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        """Whether a file stands there."""
        artifact = artifacts.read(path)
        return Outcome(artifact.is_file, artifact.found)
