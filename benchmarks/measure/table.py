"""The table: what was measured, against what, what was promised, and whether it holds."""

from dataclasses import dataclass
from enum import StrEnum

from benchmarks.measure.timer import Comparison

LEAST_NOISE = 0.02
"""No ratio of two processes on a machine that does other things is told more closely than this."""


class Standing(StrEnum):
    """How a row stands to its goal."""

    MET = "met"
    WITHIN_NOISE = "met within the noise"
    CANNOT = "cannot be met"
    MISSED = "missed"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True)
class Shortfall:
    """Why a goal cannot be met, and the ratio that is held instead: what is worse than that is missed all the same."""

    ratio: float
    reason: str


@dataclass(frozen=True)
class Row:
    """One promise: `ours` and `yardstick` in `unit`, their ratio, and the goal it may not exceed.

    `noise` is the part of the ratio that may be noise. `note` is for a person who reads the row.
    """

    work: str
    against: str
    ours: float
    yardstick: float
    ratio: float
    goal: float
    noise: float = LEAST_NOISE
    unit: str = "ms"
    note: str = ""
    shortfall: Shortfall | None = None
    measured: bool = True

    @classmethod
    def of(
        cls, work: str, against: str, goal: float, compared: Comparison, *, note: str = "", noise: float = 0
    ) -> "Row":
        """The row of two commands that were timed; `noise` where more of it is known than their rounds tell."""
        ours, yardstick = compared.times_ms
        noise = max(LEAST_NOISE, compared.noise, noise)
        return cls(work, against, ours, yardstick, compared.ratio, goal, noise, note=note)

    @classmethod
    def not_measured(cls, work: str, why: str) -> "Row":
        """The row of work that was not done."""
        return cls(work, "", 0, 0, 0, 0, note=why, measured=False)

    @property
    def standing(self) -> Standing:
        """Whether the goal is met."""
        if not self.measured:
            return Standing.NOT_MEASURED
        if self.ratio <= self.goal:
            return Standing.MET
        if self._holds(self.goal):
            return Standing.WITHIN_NOISE
        return Standing.CANNOT if self.shortfall and self._holds(self.shortfall.ratio) else Standing.MISSED

    @property
    def is_missed(self) -> bool:
        """Whether the command fails because of it."""
        return self.standing in (Standing.MISSED, Standing.NOT_MEASURED)

    def _holds(self, ratio: float) -> bool:
        return self.ratio <= ratio * (1 + self.noise)

    def cells(self) -> tuple[str, ...]:
        """The row as it is printed."""
        if not self.measured:
            return (self.work, "", "", "", "", "", f"{self.standing}: {self.note}")
        words = [self.standing, self.shortfall.reason if self.standing is Standing.CANNOT and self.shortfall else ""]
        return (
            self.work,
            f"{self.ours:,.0f} {self.unit}",
            f"{self.against}: {self.yardstick:,.0f} {self.unit}",
            f"{self.ratio:.3f}",
            f"≤ {self.goal:.2f}",
            f"{100 * self.noise:.0f} %",
            ": ".join(filter(None, words)) + (f" ({self.note})" if self.note else ""),
        )


HEADINGS = ("work", "ours", "yardstick", "ratio", "goal", "noise", "")
_WIDTHS = (52, 10, 46, 7, 7, 5, 0)


def heading_lines() -> list[str]:
    """The first two lines of the table, which is Markdown too."""
    return [line(HEADINGS), "| " + " | ".join("-" * max(width, 3) for width in _WIDTHS) + " |"]


def line(cells: tuple[str, ...]) -> str:
    """A line of the table."""
    padded = (
        cell.rjust(width) if 0 < width <= 10 else cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)
    )
    return "| " + " | ".join(padded) + " |"


def prefer(first: list[Row], second: list[Row]) -> list[Row]:
    """The rows of a first measurement; where one was missed, the same row of the second."""
    again = {row.work: row for row in second}
    return [again.get(row.work, row) if row.is_missed else row for row in first]
