"""`min_sources_any_of`: the best of several files names at least so many sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Self

from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import AboutOneFile, Scope
from gate_tests.checks.thresholds import THRESHOLDS, threshold
from gate_tests.contract import Validation
from gate_tests.files.artifacts import Artifacts, NotText
from gate_tests.parsers.sources import HEURISTIC_SCHEMA, Heuristic, count_sources
from gate_tests.workspace.names import Depth


class Candidate(NamedTuple):
    """One of the files: its path as the contract writes it and as it is in this run."""

    template: str
    path: str


class Counted(NamedTuple):
    """How many sources a file names; `found` says so, or why it could not be read (`sources` is None then)."""

    candidate: Candidate
    sources: int | None
    found: str


@dataclass(frozen=True)
class MinSourcesAnyOf(AboutOneFile):
    """The most sources that one of the `candidates` names, counted by `heuristic`, are at least `threshold`.

    Only one of them has to be there. If none is, the rule does not hold, even if no source is wanted.
    """

    type: ClassVar[str] = "min_sources_any_of"
    summary: ClassVar[str] = "one of several files names at least so many sources; the others may be missing"
    mend: ClassVar[str] = (
        "Find more sources and name them all in one of these files: they are not added up over several."
    )
    keys: ClassVar[Mapping[str, Any]] = {
        "targets": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"$ref": "#/definitions/path"},
            "description": "The files, of which the one that names most sources counts; of equals the first.",
        },
        "thresholds": THRESHOLDS,
        "heuristic": HEURISTIC_SCHEMA,
    }
    required: ClassVar[tuple[str, ...]] = ("targets", "thresholds")
    measures: ClassVar[Mapping[str, str]] = {
        "checked": "the files, as the contract writes them",
        "matched": "the one of them that names most sources, or null where none names any",
        "count": "how many it names",
        "threshold": "how many are wanted at the run's depth",
        "depth": "the run's depth",
    }
    example: ClassVar[Mapping[str, Any]] = {
        "type": "min_sources_any_of",
        "targets": ["{artifact_path}/research/CITATIONS.md", "{artifact_path}/research/CLAIMS.md"],
        "thresholds": {"quick": 3, "standard": 8, "deep": 15},
    }
    target_key: ClassVar[str | None] = "targets"
    reads_text: ClassVar[bool] = True

    candidates: tuple[Candidate, ...]
    threshold: float
    depth: Depth
    heuristic: Heuristic

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Resolves the paths and takes the threshold of the run's depth."""
        if validation.missing_ok:
            fault = "means nothing here: of several files all but one may be missing anyway"
            raise scope.refuse(validation, fault, "missing_ok")
        candidates = tuple(
            Candidate(template, scope.path(template, validation, "targets", index))
            for index, template in enumerate(validation.keys["targets"])
        )
        heuristic = Heuristic(validation.keys.get("heuristic", Heuristic.HEADINGS_OR_URLS))
        return cls(candidates, threshold(validation, scope), scope.depth, heuristic)

    @property
    def others(self) -> tuple[str, ...]:
        """The files besides the first."""
        return tuple(candidate.path for candidate in self.candidates[1:])

    def wanted(self) -> str:
        """What must be so: of the first, which is the target, or of another."""
        files = " or ".join(("this file", *self.others))
        return f"at least {self.threshold} sources (depth {self.depth}) in {files}"

    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        """Counts in each, and tells of each. `path` is the first, or what stands in for it."""
        first, *others = self.candidates
        counted = [self._count(candidate, artifacts) for candidate in (first._replace(path=path), *others)]
        counts = [each.sources for each in counted if each.sources is not None]
        count = max(counts, default=0)
        matched = next((each.candidate.template for each in counted if each.sources == count and count), None)
        measured = {
            "checked": [candidate.template for candidate in self.candidates],
            "matched": matched,
            "count": count,
            "threshold": self.threshold,
            "depth": str(self.depth),
        }
        return Outcome(bool(counts) and count >= self.threshold, self._found(counted), measured)

    def _count(self, candidate: Candidate, artifacts: Artifacts) -> Counted:
        try:
            count = count_sources(artifacts.text(candidate.path), self.heuristic)
        except NotText as problem:
            return Counted(candidate, None, str(problem))
        return Counted(candidate, count, f"{count} of {self.threshold}")

    def _found(self, counted: list[Counted]) -> str:
        if len(counted) == 1:
            return counted[0].found
        return "; ".join(f"{each.candidate.path}: {each.found}" for each in counted)
