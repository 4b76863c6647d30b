"""The outcome of evaluating one rule, with what was measured: a pass is recorded as fully as a failure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from gate_tests.checks.truncation import MAX_SHOWN, join_truncated
from gate_tests.sanitize import sanitize_line

_NOTHING: Final[Mapping[str, Any]] = {}
_MAX_LISTED_CHARS: Final = 1200
"""Of all items on the one line of `found`; each gets its share."""


class Outcome(NamedTuple):
    """`holds`: whether the rule passes. `found`: what was found, as one line. `measured`: its keys in the record.

    `lines`: what was found, on several lines where `found` is a list; empty if it is not.
    """

    holds: bool
    found: str
    measured: Mapping[str, Any] = _NOTHING
    lines: tuple[str, ...] = ()

    @classmethod
    def listing(
        cls, holds: bool, head: str, items: Sequence[str], measured: Mapping[str, Any], count: int | None = None
    ) -> "Outcome":
        """`head` and the first ten items were found. `count`: of all items, if these are only the first."""
        count = len(items) if count is None else count
        shown = items[:MAX_SHOWN]
        brief = [sanitize_line(item, _MAX_LISTED_CHARS // len(shown)) for item in shown]
        more = [f"and {count - len(shown)} more"] if count > len(shown) else []
        return cls(holds, f"{head}: {join_truncated(brief, count)}", measured, (f"{head}:", *shown, *more))
