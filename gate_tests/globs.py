"""Patterns of paths."""

import re

_SPECIAL = re.compile(r"([*?[])")


def escaped(text: str) -> str:
    """A pattern that matches `text` and nothing else."""
    return _SPECIAL.sub(r"[\1]", text)
