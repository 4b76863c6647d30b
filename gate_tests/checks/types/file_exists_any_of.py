"""`file_exists_any_of`: one of several files exists. Compiled from `required_outputs.any_of`, never written."""

from dataclasses import dataclass
from typing import ClassVar

from gate_tests.checks.outcome import Outcome
from gate_tests.files.artifacts import Artifacts


@dataclass(frozen=True)
class FileExistsAnyOf:
    """At least one of `candidates`, pairs of (path as written, path resolved), is a file."""

    type: ClassVar[str] = "file_exists_any_of"
    reads_text: ClassVar[bool] = False
    mend: ClassVar[str] = "Write one of these files, at exactly one of these paths, relative to the root."

    candidates: tuple[tuple[str, str], ...]

    @property
    def others(self) -> tuple[str, ...]:
        """The other candidates."""
        return tuple(path for _, path in self.candidates[1:])

    def wanted(self) -> str:
        """What must be so: of the first, which is the target, or of another."""
        others = [resolved for _, resolved in self.candidates[1:]]
        return " or ".join(("this file", *others))

    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        """Whether one of them is a file; what stands at each is told."""
        seen = [(template, artifacts.read(resolved)) for template, resolved in self.candidates]
        present = [artifact.path for _, artifact in seen if artifact.is_file]
        found = ", ".join(present) if present else _absences([artifact.found for _, artifact in seen])
        checked = [{"path": template, "exists": artifact.is_file} for template, artifact in seen]
        return Outcome(bool(present), found, {"checked": checked})


def _absences(found: list[str]) -> str:
    return found[0] if len(set(found)) == 1 else "; ".join(found)
