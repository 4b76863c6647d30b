"""The files that an agent is judged by, or that record what it did: only a person, or `orch`, changes them."""

import os
from collections.abc import Iterator
from typing import Final, NamedTuple

_DIRECTORY: Final = "orchestration"
_PROTECTED: Final = {
    ("gates", "contracts"): "a contract",
    ("gates", "schemas"): "a schema of a contract",
    ("gates", "programs"): "a program of a contract",
    ("workflows",): "a workflow",
}
"""By the directory below `orchestration/`: what its files are."""
_BY_PERSON: Final = "a person changes it, not an agent; if it is wrong, say so and stop"
_OF_RECORD: Final = "part of the record of a run: only orch writes it, as with `orch gate finish`"
_CONTAINED: Final = "contracts, workflows or records: a person removes or restores it, not an agent"


class Write(NamedTuple):
    """A path that is about to be written, as it is spelled; `is_removed` if a directory would go with what is in it."""

    path: str
    is_removed: bool = False
    directory: str = ""
    """Where a relative path begins, if not in the directory of the tool call."""


def describe_protected(path: str) -> str | None:
    """Why no agent may write the file at this absolute path; None where it may."""
    for below in _list_places(path):
        if what := _classify(below):
            return f"{'/'.join((_DIRECTORY, *below))} is {what}"
    return None


def describe_removed(path: str) -> str | None:
    """Why no agent may remove or restore the directory at this path, which contains such files; None where it may."""
    for below in _list_places(path):
        is_run = below[:1] == ("runs",) and len(below) <= len(("runs", "run"))
        if is_run or below in ((), ("gates",)):
            return f"{'/'.join((_DIRECTORY, *below))} contains {_CONTAINED}"
    return None


def _list_places(path: str) -> Iterator[tuple[str, ...]]:
    """The parts of the path below the `orchestration/` of each root that it is in, the nearest first.

    As it is written, and with its symlinks followed.
    """
    for each in dict.fromkeys((os.path.normpath(path), os.path.realpath(path))):
        parts = each.split(os.sep)
        for index in reversed(range(1, len(parts))):
            directory = os.sep.join(parts[: index + 1])
            if parts[index].casefold() == _DIRECTORY and _is_of_root(directory):
                yield tuple(_spell(directory, parts[index + 1 :]))


def _is_of_root(directory: str) -> bool:
    """Whether a directory named `orchestration` is that of a root; by another spelling it exists on some systems."""
    return any(os.path.isdir(os.path.join(directory, marker)) for marker in ("gates", "workflows"))


def _spell(directory: str, parts: list[str]) -> list[str]:
    """The parts in lower case where the file system does not distinguish it from upper case."""
    is_insensitive = os.path.isdir(os.path.join(os.path.dirname(directory), _DIRECTORY.upper()))
    return [part.casefold() for part in parts] if is_insensitive else parts


def _classify(below: tuple[str, ...]) -> str | None:
    """What a file at this place below `orchestration/` is, and who changes it; None where an agent may."""
    for place, what in _PROTECTED.items():
        if below[: len(place)] == place:
            return f"{what}: {_BY_PERSON}"
    return _OF_RECORD if below[:1] == ("runs",) and below[2:3] == ("record",) else None
