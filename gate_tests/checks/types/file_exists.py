"""`file_exists`: the target is a regular file. Every required output gets such a check, and must not be empty."""

from dataclasses import dataclass
from typing import ClassVar, Final

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.output import BoundOutput
from gate_tests.checks.rule import Rule
from gate_tests.files.artifacts import Artifacts
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class FileExists(Rule):
    """The target is a regular file; it is hashed, never decoded."""

    reads_text: ClassVar[bool] = False

    @override
    def describe(self) -> str:
        return "an existing file"

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        artifact = artifacts.read(path)
        return Outcome(artifact.is_file, artifact.found)


@dataclass(frozen=True)
class OutputExists(Rule):
    """A required output exists; its files are hashed, never decoded."""

    reads_text: ClassVar[bool] = False

    output: BoundOutput

    @override
    def describe(self) -> str:
        return self.output.describe_requirement()

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        found = self.output.examine(artifacts)
        return Outcome(found.is_met, found.found)


CHECK_TYPE: Final = CheckType(
    name="file_exists",
    summary=(
        "the file exists. Every required output gets this check automatically, and must not be empty; the targets "
        "`any_of` and `all_required` give those checks a description or severity"
    ),
    keys={
        "target": {
            "type": "string",
            "minLength": 1,
            "description": "A path, or `any_of` / `all_required` for the required outputs.",
        }
    },
    required=("target",),
    measures={},
    example={"type": "file_exists", "target": "{artifact_path}/notes.md"},
    fix=(
        "Write the file at exactly this path, relative to the root; if the path has `*` or `?`, at matching paths. A "
        "directory, or a symlink that leads outside the root, does not count. A required output of white space only "
        "counts as empty."
    ),
    bind=lambda _validation, _scope: FileExists(),
    evidence=Evidence.EXISTENCE,
)
