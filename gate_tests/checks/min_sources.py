"""`min_sources`: a file names at least so many sources."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Self

from gate_tests.checks.markdown import headings
from gate_tests.checks.rule import Scope, TextRule
from gate_tests.checks.thresholds import THRESHOLDS, threshold
from gate_tests.contract import Validation
from gate_tests.names import Depth
from gate_tests.outcome import Outcome


class Heuristic(StrEnum):
    """How sources are counted."""

    HEADINGS_OR_URLS = "count_source_headings_or_urls"
    BEST_OF = "best_of"


@dataclass(frozen=True)
class MinSources(TextRule):
    """At least `threshold` sources, counted by `heuristic`."""

    type: ClassVar[str] = "min_sources"
    keys: ClassVar[Mapping[str, Any]] = {
        "target": {"$ref": "#/definitions/path"},
        "thresholds": THRESHOLDS,
        "heuristic": {
            "enum": [str(heuristic) for heuristic in Heuristic],
            "default": "count_source_headings_or_urls",
            "description": "How sources are counted; `best_of` takes the largest of four counts.",
        },
    }
    required: ClassVar[tuple[str, ...]] = ("target", "thresholds")
    summary: ClassVar[str] = "the file names at least so many sources"
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
        count = _COUNTERS[self.heuristic](text)
        measured = {"count": count, "threshold": self.threshold, "depth": str(self.depth)}
        return Outcome(count >= self.threshold, f"{count} of {self.threshold}", measured)


# White space as JavaScript's \s has it: a no-break space or a byte order mark ends a URL, U+001C and U+0085 do not.
_SPACE = r"\t\n\v\f\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
_URL = re.compile(rf"https?://[^{_SPACE})>\]]+", re.IGNORECASE)
_SOURCE = re.compile(r"source(?![^\W\d_])", re.IGNORECASE)
_SECTION = re.compile(
    r"(primary|secondary|tertiary|tier\s+\w+|notes|references|bibliography|sources|overview)\b", re.IGNORECASE
)
_ENTRY = re.compile(r"^[-*][ \t]+\*\*(?:url|source|reference)\*\*:", re.IGNORECASE | re.MULTILINE)
_BULLET = re.compile(r"^[-*][ \t]+\S.{10,}$", re.MULTILINE)


def _third_level(text: str) -> list[str]:
    return [heading.text for heading in headings(text) if heading.level == 3 and heading.at_line_start]


def _urls(text: str) -> int:
    return len(set(_URL.findall(text)))


def _headings_or_urls(text: str) -> int:
    return sum(bool(_SOURCE.match(title)) for title in _third_level(text)) or _urls(text)


def _best_of(text: str) -> int:
    entries = sum(not _SECTION.match(title) for title in _third_level(text))
    return max(entries, _urls(text), len(_ENTRY.findall(text)), len(_BULLET.findall(text)))


_COUNTERS = {Heuristic.HEADINGS_OR_URLS: _headings_or_urls, Heuristic.BEST_OF: _best_of}
