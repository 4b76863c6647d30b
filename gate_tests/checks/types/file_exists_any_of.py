"""`file_exists_any_of`: one of several files exists. Compiled from `required_outputs.any_of`."""

from dataclasses import dataclass
from typing import ClassVar, Final, NoReturn

from gate_tests.checks.check_type import CheckType, Evidence
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts
from gate_tests.typing_compat import override


@dataclass(frozen=True)
class FileExistsAnyOf(Rule):
    """At least one of `candidates` is a file: pairs of the path as written and the path in this run."""

    reads_text: ClassVar[bool] = False

    candidates: tuple[tuple[str, str], ...]

    @property
    @override
    def other_paths(self) -> tuple[str, ...]:
        return tuple(path for _, path in self.candidates[1:])

    @override
    def describe(self) -> str:
        others = [resolved for _, resolved in self.candidates[1:]]
        return " or ".join(("this file", *others))

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        seen = [(template, artifacts.read(resolved)) for template, resolved in self.candidates]
        present = [artifact.path for _, artifact in seen if artifact.is_file]
        found = ", ".join(present) if present else _join_distinct([artifact.found for _, artifact in seen])
        checked = [{"path": template, "exists": artifact.is_file} for template, artifact in seen]
        return Outcome(bool(present), found, {"checked": checked})


def _join_distinct(found: list[str]) -> str:
    return found[0] if len(set(found)) == 1 else "; ".join(found)


def _bind(validation: Validation, scope: Scope) -> NoReturn:
    raise AssertionError(
        "it is compiled from `required_outputs.any_of`; the contract schema does not let it be written"
    )


CHECK_TYPE: Final = CheckType(
    name="file_exists_any_of",
    summary="at least one of the files exists",
    keys={},
    required=(),
    measures={"checked": "the files: `path`, `exists`"},
    example={},
    mend="Write one of these files, at exactly one of these paths, relative to the root.",
    bind=_bind,
    evidence=Evidence.EXISTENCE,
)
