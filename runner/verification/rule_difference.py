"""A difference between two versions of a contract or workflow."""

from typing import NamedTuple

from runner.models.rows import Json


class RuleDifference(NamedTuple):
    """What changed, and its effect: looser, tighter or unknown."""

    effect: str
    subject: str
    change: str

    def describe(self) -> str:
        """`looser: min_sources research/CITATIONS.md: thresholds.quick 3 → 1`."""
        return f"{self.effect}: {self.subject}: {self.change}"

    def to_json(self) -> Json:
        """`{effect, subject, change}`."""
        return self._asdict()
