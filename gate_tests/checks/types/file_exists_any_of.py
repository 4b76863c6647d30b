"""`file_exists_any_of`: one of several files exists. Compiled from `required_outputs.any_of`."""

from dataclasses import dataclass
from typing import ClassVar, Final, NoReturn

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.output import NO_MATCHING_FILE, BoundOutput
from gate_tests.checks.rule import Rule, Scope
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts, PathKind
from gate_tests.typing_compat import override

_NOTHING: Final = frozenset((PathKind.MISSING.value, NO_MATCHING_FILE))


@dataclass(frozen=True)
class FileExistsAnyOf(Rule):
    """At least one of `candidates`, the outputs of `any_of`, exists as it must."""

    reads_text: ClassVar[bool] = False

    candidates: tuple[BoundOutput, ...]

    @property
    @override
    def other_paths(self) -> tuple[str, ...]:
        return tuple(output.path for output in self.candidates[1:])

    @override
    def describe(self) -> str:
        first, *others = self.candidates
        files = " or ".join((_name_files(first, "this file"), *(_name_files(each, each.path) for each in others)))
        return files if all(output.allow_empty for output in self.candidates) else f"{files}, not empty"

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        seen = [(output, output.examine(artifacts)) for output in self.candidates]
        checked = [{"path": output.template, "exists": found.exists} for output, found in seen]
        if present := [output.path for output, found in seen if found.is_met]:
            return Outcome(True, ", ".join(present), {"checked": checked})
        if {found.found for _, found in seen} <= _NOTHING:
            return Outcome(False, "no file", {"checked": checked})
        return Outcome(
            False, "; ".join(f"{output.path}: {found.found}" for output, found in seen), {"checked": checked}
        )


def _name_files(output: BoundOutput, name: str) -> str:
    """What must exist of the output; `name` is that of its one file."""
    if output.pattern is None:
        return name
    return f"{'1 file' if output.min_files == 1 else f'{output.min_files} files'} of {output.path}"


def _bind(validation: Validation, scope: Scope) -> NoReturn:
    raise AssertionError(
        "it is compiled from `required_outputs.any_of`; the contract schema does not let it be written"
    )


CHECK_TYPE: Final = CheckType(
    name="file_exists_any_of",
    summary="at least one of the files exists and is not empty",
    keys={},
    required=(),
    measures={"checked": "the files: `path`, `exists`"},
    example={},
    fix=(
        "Write one of these files at exactly its path, relative to the root; if the path has `*` or `?`, at matching "
        "paths. A file of white space only counts as empty."
    ),
    bind=_bind,
    evidence=Evidence.EXISTENCE,
)
