"""What a rule says would break it: texts for which it must not hold. `orch contract test` tries whether it does not."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol, runtime_checkable


class Mutation(NamedTuple):
    """A text that a rule must not let pass; `how` goes on after the file's name, in words."""

    how: str
    text: str


@runtime_checkable
class SupportsMutations(Protocol):
    """A rule that offers some. It need not: many rules fail for any other text."""

    def mutations(self, text: str, path: str) -> Iterable[Mutation]:
        """Versions of `text`, for which it holds, that each lack something it asks for."""


def added(text: str, line: str) -> str:
    """The text with a line after it."""
    return f"{text}\n{line}\n"
