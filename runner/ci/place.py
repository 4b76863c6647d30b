"""The place in a file that a message begins with."""

import re
from typing import Final, NamedTuple

_PLACE: Final = re.compile(r"(orchestration/[^\n]*?\.json)(?::([0-9]+))?: (?=\S)")
"""`path:line: ` or `path: `, of a contract, a workflow or a record."""


class Placed(NamedTuple):
    """A message without its place; a path and a line where it has one."""

    message: str
    path: str | None = None
    line: int | None = None


def split_place(text: str) -> Placed:
    """The parts of a message; one of several lines becomes one line."""
    flat = "; ".join(text.splitlines())
    if (match := _PLACE.match(flat)) is None:
        return Placed(flat)
    path, line = match.groups()
    return Placed(flat[match.end() :], path, int(line) if line else None)
