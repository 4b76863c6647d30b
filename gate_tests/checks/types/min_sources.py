"""`min_sources`: a file names at least so many sources."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from gate_tests.checks.mutations import Mutation
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.checks.thresholds import THRESHOLDS, threshold
from gate_tests.contract import Validation
from gate_tests.parsers.sources import HEURISTIC_SCHEMA, Heuristic, count_sources
from gate_tests.workspace.names import Depth


@dataclass(frozen=True)
class MinSources(TextRule):
    """At least `threshold` sources, counted by `heuristic`."""

    type: ClassVar[str] = "min_sources"
    keys: ClassVar[Mapping[str, Any]] = {
        "target": {"$ref": "#/definitions/path"},
        "thresholds": THRESHOLDS,
        "heuristic": HEURISTIC_SCHEMA,
    }
    required: ClassVar[tuple[str, ...]] = ("target", "thresholds")
    summary: ClassVar[str] = "the file names at least so many sources"
    mend: ClassVar[str] = (
        "Find more sources and name each of them in this file, with where it can be read. One that nobody has "
        "read is none."
    )
    measures: ClassVar[Mapping[str, str]] = {
        "count": "the sources counted",
        "threshold": "how many were wanted",
        "depth": "the run's depth",
    }
    example: ClassVar[Mapping[str, Any]] = {
        "type": "min_sources",
        "target": "{artifact_path}/research/CITATIONS.md",
        "thresholds": {"quick": 3, "standard": 8, "deep": 15},
    }

    threshold: float
    depth: Depth
    heuristic: Heuristic

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Takes the threshold of the run's depth."""
        heuristic = Heuristic(validation.keys.get("heuristic", Heuristic.HEADINGS_OR_URLS))
        return cls(threshold(validation, scope), scope.depth, heuristic)

    def wanted(self) -> str:
        """What must be so."""
        return f"at least {self.threshold} sources (depth {self.depth})"

    def judge(self, text: str, path: str) -> Outcome:
        """Counts."""
        count = count_sources(text, self.heuristic)
        measured = {"count": count, "threshold": self.threshold, "depth": str(self.depth)}
        return Outcome(count >= self.threshold, f"{count} of {self.threshold}", measured)

    def mutations(self, text: str, path: str) -> Iterator[Mutation]:
        """As much of the beginning as has too few sources."""
        lines = text.splitlines(keepends=True)

        def is_enough(count: int) -> bool:
            return count_sources("".join(lines[:count]), self.heuristic) >= self.threshold

        kept = bisect_left(range(len(lines) + 1), True, key=is_enough) - 1
        if kept >= 0:
            yield Mutation("cut off where its sources are too few", "".join(lines[:kept]))
