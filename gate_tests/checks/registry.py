"""The registry of check types. A new one is a module in `types/`, a line in this table, and three example files."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from gate_tests.errors import InvalidFile

if TYPE_CHECKING:
    from gate_tests.checks.check_type import CheckType
    from gate_tests.checks.custom.entry_points import CustomTypes

BUILT_IN_TYPES: Final[Mapping[str, str]] = {
    "file_exists": "file_exists",
    "dir_exists": "dir_exists",
    "min_file_count": "min_file_count",
    "min_sources": "min_sources",
    "min_sources_any_of": "min_sources_any_of",
    "contains_headings": "contains_headings",
    "contains_text": "contains_text",
    "not_contains": "not_contains",
    "regex_match": "regex_match",
    "min_regex_count": "min_regex_count",
    "max_regex_count": "max_regex_count",
    "word_count": "word_count",
    "frontmatter_status": "frontmatter_status.rule",
    "json_schema": "json_schema.rule",
    "ids_covered": "ids_covered",
    "citations_resolve": "citations_resolve",
    "quotes_resolve": "quotes_resolve",
    "unchanged_since": "unchanged_since",
    "changed_in_attempt": "changed_in_attempt",
    "viz_tech_match": "viz_tech_match.rule",
    "url_reachable": "url_reachable.rule",
    "command": "command",
    "no_secrets": "no_secrets",
}
"""The built-in types that a contract may name, each with its module in `types/`, which defines `CHECK_TYPE`."""

COMPILED_TYPES: Final[Mapping[str, str]] = {"file_exists_any_of": "file_exists_any_of"}
"""The types that are compiled from `required_outputs` and that no contract may name."""

PATH_VARIABLES: Final[Mapping[str, str]] = {
    "client_component": "viz_tech_match.client_component:find_first_client_component",
}
"""The variables that a check type provides for every contract, each with the `module:function` in `types/` that finds
the path: from the root and the artifact path, it returns a path relative to the root.
"""


def check_type(name: str) -> "CheckType":
    """The type of that name. Raises InvalidFile if no installed package provides it, or if its package is broken."""
    module = BUILT_IN_TYPES.get(name) or COMPILED_TYPES.get(name)
    if module is None:
        return _load_custom_type(name)
    built_in: CheckType = _import(f"{module}:CHECK_TYPE")
    return built_in


def load_path_finder(name: str) -> Callable[[Path, str], str]:
    """The function of a variable in PATH_VARIABLES."""
    find: Callable[[Path, str], str] = _import(PATH_VARIABLES[name])
    return find


def _import(entry: str) -> Any:
    module, _, name = entry.partition(":")
    return getattr(import_module(f"gate_tests.checks.types.{module}"), name)


def list_type_names(named: Iterable[str] | None = None) -> tuple[str, ...]:
    """Every type that a contract may name: the built-in ones, then those of installed packages.

    If all that are `named` are built-in, installed packages are not searched, and their types are left out.
    """
    if named is not None and set(named) <= BUILT_IN_TYPES.keys():
        return tuple(BUILT_IN_TYPES)
    return (*BUILT_IN_TYPES, *_custom_types().by_name)


def find_name_errors() -> tuple[str, ...]:
    """An error for each type of an installed package whose name is taken or invalid."""
    return _custom_types().errors


def describe_fix(name: str) -> str:
    """How to fix a failure of a check of this type; a record may name a type that is not installed here."""
    try:
        return check_type(name).fix
    except InvalidFile:
        return "Change the files until they meet what is expected."


def _custom_types() -> "CustomTypes":
    from gate_tests.checks.custom.entry_points import find_custom_types

    return find_custom_types((*BUILT_IN_TYPES, *COMPILED_TYPES))


def _load_custom_type(name: str) -> "CheckType":
    from gate_tests.checks.custom.rule import load_check_type

    custom = _custom_types().by_name.get(name)
    if custom is None:
        raise InvalidFile([f"unknown check type {name!r}: no installed package provides it"])
    return load_check_type(custom)
