"""Where our dependencies lie if not in an environment's `site-packages`.

Imported only then: it reads the metadata of all packages.
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from importlib.metadata import Distribution, distributions
from typing import Final

from gate_tests.checks.custom.entry_points import GROUP

_OURS: Final = "orch-runner"
_REQUIREMENT: Final = re.compile(r"\s*([\w.-]+)")


def find_locations(path: Sequence[str]) -> list[str]:
    """The entries of `path`, in its order, that hold orch, packages with check types, or what one of them requires.

    No others: a directory of sources is on the path too if somebody develops in this environment.
    """
    installed: dict[str, Distribution] = {}
    for distribution in distributions(path=[*path]):
        installed.setdefault(_normalize(distribution.name), distribution)
    needed = {os.path.abspath(str(each.locate_file(""))) for each in _with_requirements(installed)}
    return [entry for entry in path if entry and os.path.abspath(entry) in needed]


def _with_requirements(installed: dict[str, Distribution]) -> Iterator[Distribution]:
    """The distributions that are needed, each once."""
    seen: set[str] = set()
    names = [_OURS, *(name for name, each in installed.items() if any(e.group == GROUP for e in each.entry_points))]
    while names:
        name = names.pop()
        if name in installed and name not in seen:
            seen.add(name)
            names += _list_requirements(installed[name].requires or ())
            yield installed[name]


def _list_requirements(requirements: Iterable[str]) -> Iterator[str]:
    """Their normalized names. Of optional ones only what our workers need."""
    for requirement in requirements:
        name = _REQUIREMENT.match(requirement)
        if name and ("extra ==" not in requirement or "xdist" in requirement):
            yield _normalize(name[1])


def _normalize(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
