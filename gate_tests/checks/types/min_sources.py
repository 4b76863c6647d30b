"""`min_sources`: a file names at least a number of sources."""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

from gate_tests.checks.check_type import CheckType
from gate_tests.checks.mutations import Mutation
from gate_tests.checks.outcome import Outcome
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.checks.strictness import lower_bound, never_tighter, ranked
from gate_tests.checks.thresholds import THRESHOLDS, select_threshold
from gate_tests.contract import Limits, Validation
from gate_tests.parsers.sources import HEURISTIC_SCHEMA, Heuristic, count_sources, explain_count, format_source_count
from gate_tests.typing_compat import override
from gate_tests.workspace.names import Depth


@dataclass(frozen=True)
class MinSources(TextRule):
    """At least `threshold` sources, as counted by `heuristic`."""

    threshold: float
    depth: Depth
    heuristic: Heuristic
    markdown_bytes: int = Limits().markdown_bytes

    @classmethod
    def bind(cls, validation: Validation, scope: Scope) -> Self:
        """Selects the threshold for the run's depth."""
        heuristic = Heuristic(validation.keys.get("heuristic", Heuristic.HEADINGS_OR_URLS))
        return cls(select_threshold(validation, scope), scope.depth, heuristic, scope.limits.markdown_bytes)

    @override
    def describe(self) -> str:
        return f"at least {format_source_count(self.threshold)} (depth {self.depth})"

    @override
    def explain_triviality(self) -> str | None:
        return "0 sources are enough" if self.threshold == 0 else None

    @override
    def evaluate_text(self, text: str, path: str) -> Outcome:
        count = count_sources(text, path, self.heuristic, self.markdown_bytes)
        found, is_enough = f"{count} of {self.threshold}", count >= self.threshold
        if not is_enough:
            found += f" ({explain_count(text, path, self.heuristic, self.markdown_bytes)})"
        return Outcome(is_enough, found, {"count": count, "threshold": self.threshold, "depth": str(self.depth)})

    @override
    def generate_mutations(self, text: str, path: str) -> Iterator[Mutation]:
        lines = text.splitlines(keepends=True)

        def is_enough(count: int) -> bool:
            kept_text = "".join(lines[:count])
            return count_sources(kept_text, path, self.heuristic, self.markdown_bytes) >= self.threshold

        kept = bisect_left(range(len(lines) + 1), True, key=is_enough) - 1
        if kept >= 0:
            yield Mutation("truncated before it has enough sources", "".join(lines[:kept]))


CHECK_TYPE: Final = CheckType(
    name="min_sources",
    summary="the number of sources that the file names is at least the threshold for the run's depth",
    keys={
        "target": {"$ref": "#/definitions/path"},
        "thresholds": THRESHOLDS,
        "heuristic": HEURISTIC_SCHEMA,
    },
    required=("target", "thresholds"),
    measures={
        "count": "number of sources",
        "threshold": "minimum number of sources",
        "depth": "the run's depth",
    },
    example={
        "type": "min_sources",
        "target": "{artifact_path}/research/CITATIONS.md",
        "thresholds": {"quick": 3, "standard": 8, "deep": 15},
    },
    fix=(
        "Find more sources and name each in this file, with its URL, DOI or where it can be read. Do not list a source "
        "that nobody has read."
    ),
    bind=MinSources.bind,
    strictness={"thresholds": lower_bound(), "heuristic": never_tighter(ranked(*Heuristic))},
)
