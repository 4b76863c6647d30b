"""Counts with their nouns, for people."""


def format_count(count: int, noun: str, plural: str | None = None) -> str:
    """`1 error`, `2,000 errors`. `plural` is the noun's, where it is not made by an `s`."""
    return f"{count:,} {noun if count == 1 else plural or f'{noun}s'}"
