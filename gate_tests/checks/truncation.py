"""How much of a long list is recorded and told: enough to begin mending, not so much that a record grows with it."""

from collections.abc import Sequence

MOST_RECORDED = 50
_MOST_TOLD = 5


def told(items: Sequence[str]) -> str:
    """The first items in words, and how many more there are."""
    more = [f"and {len(items) - _MOST_TOLD} more"] if len(items) > _MOST_TOLD else []
    return "; ".join([*items[:_MOST_TOLD], *more])
