"""Timestamps as they are written in records: `YYYY-MM-DDTHH:MM:SS.mmmZ`, UTC. They sort as text."""

import re
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta
from typing import Final

_TIMESTAMP: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_TIMESTAMPS: Final = re.compile(rf"(?:{_TIMESTAMP.pattern}\n)*", re.ASCII)


def now() -> str:
    """The current time."""
    return _format(datetime.now(UTC))


def subtract_milliseconds(timestamp: str, milliseconds: int) -> str:
    """The time `milliseconds` before `timestamp`."""
    return _format(datetime.fromisoformat(timestamp) - timedelta(milliseconds=milliseconds))


def is_timestamp(text: str) -> bool:
    """Whether `text` is a valid timestamp."""
    if not _TIMESTAMP.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def are_timestamps(times: AbstractSet[str]) -> bool:
    """Whether all are valid timestamps: 10,000 take 2 ms, and 8 ms one by one with `is_timestamp`."""
    if not _TIMESTAMPS.fullmatch("\n".join([*times, ""])):
        return False
    try:
        return all(map(datetime.fromisoformat, times))
    except ValueError:
        return False


def _format(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.") + f"{time.microsecond // 1000:03d}Z"
