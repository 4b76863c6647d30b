"""How many items of a long list are recorded and shown: enough to start fixing, without letting records grow."""

from collections.abc import Sequence
from typing import Final

MAX_RECORDED: Final = 50
_MAX_SHOWN: Final = 5


def join_truncated(items: Sequence[str]) -> str:
    """The first items, and how many more there are."""
    more = [f"and {len(items) - _MAX_SHOWN} more"] if len(items) > _MAX_SHOWN else []
    return "; ".join([*items[:_MAX_SHOWN], *more])
