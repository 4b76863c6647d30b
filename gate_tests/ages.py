"""Ages, for people."""


def format_age(seconds: int) -> str:
    """A duration in the largest suitable unit: `12 s`, `12 m`, `3 h`, `4 d`."""
    for unit_s, unit in ((86_400, "d"), (3600, "h"), (60, "m")):
        if seconds >= (2 if unit == "d" else 1) * unit_s:
            return f"{seconds // unit_s} {unit}"
    return f"{seconds} s"


def elapsed_s(since: str, until: str) -> int | None:
    """Whole seconds from one time to the other, at least 0; None if either is no ISO time, or only one has a zone."""
    from datetime import datetime  # the plugin is loaded by every session of pytest

    try:
        return max(0, int((datetime.fromisoformat(until) - datetime.fromisoformat(since)).total_seconds()))
    except (ValueError, TypeError):
        return None


def describe_age(started_at: str) -> str | None:
    """The age now of what began at this time: `12 m ago`; None if it is no ISO time with a zone."""
    from datetime import UTC, datetime

    age_s = elapsed_s(started_at, datetime.now(UTC).isoformat())
    return None if age_s is None else f"{format_age(age_s)} ago"
