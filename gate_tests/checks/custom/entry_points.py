"""Which installed packages bring check types of their own. Looked for only where a contract names one, or all are
wanted: it takes longer than all else that a contract needs.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "orch.checks"
_NAME = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
_COMPILED = "file_exists_any_of"


class CustomType(NamedTuple):
    """A check type of a package; `plugin` is the package's name and version."""

    name: str
    plugin: str
    entry_point: "EntryPoint"


class CustomTypes(NamedTuple):
    """The types by name, and a line for each of those that cannot be used."""

    by_name: Mapping[str, CustomType]
    faults: tuple[str, ...]


def custom_types(taken: Iterable[str]) -> CustomTypes:
    """What the packages on the path bring; the names that are `taken` are not theirs to give."""
    return _own_types(frozenset(taken), tuple(sys.path))


@cache
def _own_types(taken: frozenset[str], _path: tuple[str, ...]) -> CustomTypes:
    from importlib.metadata import entry_points

    found: dict[str, list[CustomType]] = {}
    for each in entry_points(group=GROUP):
        plugin = f"{each.dist.name} {each.dist.version}" if each.dist else "a package without a name"
        found.setdefault(each.name, []).append(CustomType(each.name, plugin, each))
    faults = {name: fault for name, types in found.items() if (fault := _fault(name, types, taken))}
    usable = {name: types[0] for name, types in sorted(found.items()) if name not in faults}
    return CustomTypes(usable, tuple(sorted(faults.values())))


def _fault(name: str, types: list[CustomType], taken: frozenset[str]) -> str | None:
    plugins = " and ".join(sorted(each.plugin for each in types))
    if name in taken or name == _COMPILED:
        return f"check type {name!r} of {plugins}: orch's own is not replaced; the package must name it otherwise"
    if not _NAME.fullmatch(name):
        return f"check type {name!r} of {plugins}: is no name; words of a-z and 0-9 joined by single '_' are"
    return f"check type {name!r} comes from {plugins}: uninstall one of them" if len(types) > 1 else None
