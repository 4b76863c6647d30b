"""Finds the check types of installed packages. That takes longer than everything else that a contract needs, so it is
done only for a contract that names one, or where all types are listed.
"""

import re
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "orch.checks"
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")


class CustomType(NamedTuple):
    """A check type that a package provides, not loaded yet; `plugin` is the package's name and version."""

    name: str
    plugin: str
    entry_point: "EntryPoint"


class CustomTypes(NamedTuple):
    """The usable types by name, and an error for each of the others."""

    by_name: Mapping[str, CustomType]
    errors: tuple[str, ...]


def find_custom_types(reserved: Iterable[str]) -> CustomTypes:
    """The types that packages on `sys.path` provide; none may have a `reserved` name."""
    return _find_custom_types(frozenset(reserved), tuple(sys.path))


@cache
def _find_custom_types(reserved: frozenset[str], _path: tuple[str, ...]) -> CustomTypes:
    from importlib.metadata import entry_points

    found: dict[str, list[CustomType]] = {}
    for each in entry_points(group=GROUP):
        plugin = f"{each.dist.name} {each.dist.version}" if each.dist else "a package without a name"
        found.setdefault(each.name, []).append(CustomType(each.name, plugin, each))
    errors = {name: error for name, types in found.items() if (error := _check_name(name, types, reserved))}
    usable = {name: types[0] for name, types in sorted(found.items()) if name not in errors}
    return CustomTypes(usable, tuple(sorted(errors.values())))


def _check_name(name: str, types: list[CustomType], reserved: frozenset[str]) -> str | None:
    """What is wrong with a name that these types share, or None."""
    plugins = " and ".join(sorted(each.plugin for each in types))
    if name in reserved:
        return f"check type {name!r} of {plugins}: the name of a built-in type cannot be used; rename it in the package"
    if not _NAME.fullmatch(name):
        return f"check type {name!r} of {plugins}: invalid name: use words of a-z and 0-9 joined by single '_'"
    return f"check type {name!r} is provided by {plugins}: uninstall one of them" if len(types) > 1 else None
