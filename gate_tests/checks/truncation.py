"""How many items of a long list are recorded and shown: enough to start fixing, without letting records grow."""

from collections.abc import Sequence
from typing import Final

MAX_RECORDED: Final = 50
MAX_SHOWN: Final = 10


def join_truncated(items: Sequence[str], count: int | None = None) -> str:
    """The first items, and how many more there are. `count`: of all items, if these are only the first."""
    count = len(items) if count is None else count
    more = [f"and {count - MAX_SHOWN} more"] if count > MAX_SHOWN else []
    return "; ".join([*items[:MAX_SHOWN], *more])
