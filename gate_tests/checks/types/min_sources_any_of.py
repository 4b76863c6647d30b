"""`min_sources_any_of`: one of several files names at least a number of sources."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Rule, Scope
from gate_tests.checks.strictness import Difference, Effect, lower_bound, names, never_tighter, ranked
from gate_tests.checks.thresholds import THRESHOLDS, select_threshold
from gate_tests.contract import Limits, Validation
from gate_tests.files.artifacts import Artifacts, NotText
from gate_tests.parsers.sources import HEURISTIC_SCHEMA, Heuristic, count_sources, explain_count, format_source_count
from gate_tests.parsers.too_large import TooLargeToParse
from gate_tests.typing_compat import override
from gate_tests.workspace.names import Depth


class Candidate(NamedTuple):
    """One of the files: its path as the contract writes it, and in this run."""

    template: str
    path: str


class SourceCount(NamedTuple):
    """`found`: the number of sources as text, or why the file could not be read; then `sources` is None."""

    candidate: Candidate
    sources: int | None
    found: str


@dataclass(frozen=True)
class MinSourcesAnyOf(Rule):
    """One of the `candidates` names at least `threshold` sources, as counted by `heuristic`.

    The others may be missing. If all are, the rule fails, even with a threshold of 0.
    """

    candidates: tuple[Candidate, ...]
    threshold: float
    depth: Depth
    heuristic: Heuristic
    markdown_bytes: int = Limits().markdown_bytes

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Resolves the paths and selects the threshold for the run's depth. Refuses `missing_ok`."""
        if validation.missing_ok:
            message = "not allowed here: all but one of the files may be missing anyway"
            raise scope.make_error(validation, message, "missing_ok")
        candidates = tuple(
            Candidate(template, scope.path(template, validation, "targets", index))
            for index, template in enumerate(validation.keys["targets"])
        )
        heuristic = Heuristic(validation.keys.get("heuristic", Heuristic.HEADINGS_OR_URLS))
        threshold = select_threshold(validation, scope)
        return cls(candidates, threshold, scope.depth, heuristic, scope.limits.markdown_bytes)

    @property
    @override
    def other_paths(self) -> tuple[str, ...]:
        return tuple(candidate.path for candidate in self.candidates[1:])

    @override
    def describe(self) -> str:
        files = " or ".join(("this file", *self.other_paths))
        return f"at least {format_source_count(self.threshold)} (depth {self.depth}) in {files}"

    @override
    def explain_triviality(self) -> str | None:
        return "0 sources are enough" if self.threshold == 0 else None

    @override
    def evaluate(self, path: str, artifacts: Artifacts) -> Outcome:
        first, *others = self.candidates
        candidates = (first._replace(path=path), *others)  # something else may replace the first
        counted = [self._count_sources(candidate, artifacts) for candidate in candidates]
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
        return Outcome(bool(counts) and count >= self.threshold, _describe_counts(counted), measured)

    def _count_sources(self, candidate: Candidate, artifacts: Artifacts) -> SourceCount:
        try:
            return artifacts.judge_text(candidate.path, partial(self._count_in_text, candidate))
        except (NotText, TooLargeToParse) as error:
            return SourceCount(candidate, None, str(error))

    def _count_in_text(self, candidate: Candidate, text: str) -> SourceCount:
        count = count_sources(text, candidate.path, self.heuristic, self.markdown_bytes)
        found = f"{count} of {self.threshold}"
        if count < self.threshold:
            found += f" ({explain_count(text, candidate.path, self.heuristic, self.markdown_bytes)})"
        return SourceCount(candidate, count, found)


def _describe_counts(counted: list[SourceCount]) -> str:
    if len(counted) == 1:
        return counted[0].found
    return "; ".join(f"{each.candidate.path}: {each.found}" for each in counted)


def _compare_targets(before: list[str], after: list[str]) -> Iterator[Difference]:
    """Each is an alternative. Another output may replace the first, if that is missing."""
    if before[0] == after[0]:
        yield from names(Effect.LOOSER)(before, after)
    else:
        yield Difference(Effect.UNKNOWN, before[0], after[0], "0")
        yield from never_tighter(names(Effect.LOOSER))(before, after)


CHECK_TYPE: Final = CheckType(
    name="min_sources_any_of",
    summary=(
        "the number of sources that one of several files names is at least the threshold; the others may be missing"
    ),
    keys={
        "targets": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": True,
            "items": {"$ref": "#/definitions/path"},
            "description": "The files. The one that names the most sources counts.",
        },
        "thresholds": THRESHOLDS,
        "heuristic": HEURISTIC_SCHEMA,
    },
    required=("targets", "thresholds"),
    measures={
        "checked": "the files, as the contract writes them",
        "matched": "the file that names the most sources; null if none names any",
        "count": "number of sources in it",
        "threshold": "minimum number of sources at the run's depth",
        "depth": "the run's depth",
    },
    example={
        "type": "min_sources_any_of",
        "targets": ["{artifact_path}/research/CITATIONS.md", "{artifact_path}/research/CLAIMS.md"],
        "thresholds": {"quick": 3, "standard": 8, "deep": 15},
    },
    fix="Find more sources and name all of them in one of these files: the counts of several files are not added.",
    bind=MinSourcesAnyOf.bind,
    strictness={
        "targets": _compare_targets,
        "thresholds": lower_bound(),
        "heuristic": never_tighter(ranked(*Heuristic)),
    },
    target_key="targets",
)
