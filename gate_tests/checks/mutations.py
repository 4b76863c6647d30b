"""Texts for which a rule must fail. `orch contract test` tries whether it does."""

from typing import Final, NamedTuple

ONE_WORD: Final = "word\n"
"""A text that nobody has worked on, and that is not empty."""


class Mutation(NamedTuple):
    """A changed text; `how` describes the change and continues the file's name."""

    how: str
    text: str


def append_line(text: str, line: str) -> str:
    """`text` with `line` after it."""
    return f"{text}\n{line}\n"
