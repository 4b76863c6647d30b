"""`dir_exists`: the target is a directory."""

from dataclasses import dataclass
from typing import ClassVar, Final

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.output import describe_directory
from gate_tests.checks.rule import Rule
from gate_tests.files.artifacts import Artifacts, PathKind
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class DirExists(Rule):
    """The target is a directory, empty or not."""

    reads_text: ClassVar[bool] = False

    @override
    def describe(self) -> str:
        return "an existing directory"

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        artifact = artifacts.read(path)
        return Outcome(artifact.kind is PathKind.DIRECTORY, describe_directory(artifact))


CHECK_TYPE: Final = CheckType(
    name="dir_exists",
    summary="the directory exists",
    keys={"target": {"$ref": "#/definitions/path"}},
    required=("target",),
    measures={},
    example={"type": "dir_exists", "target": "{artifact_path}/research"},
    fix="Create the directory at exactly this path, with the work in it: git does not track empty directories.",
    bind=lambda _validation, _scope: DirExists(),
    evidence=Evidence.EXISTENCE,
)
