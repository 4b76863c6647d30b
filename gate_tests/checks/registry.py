"""The registry of check types. A new one is a module in `types/`, a line in this table, and three example files."""

from collections.abc import Callable, Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gate_tests.errors import InvalidFile

if TYPE_CHECKING:
    from gate_tests.checks.rule import WrittenRule

RULES: Mapping[str, str] = {
    "file_exists": "file_exists:FileExists",
    "dir_exists": "dir_exists:DirExists",
    "min_file_count": "min_file_count:MinFileCount",
    "min_sources": "min_sources:MinSources",
    "min_sources_any_of": "min_sources_any_of:MinSourcesAnyOf",
    "contains_headings": "contains_headings:ContainsHeadings",
    "contains_text": "contains_text:ContainsText",
    "not_contains": "not_contains:NotContains",
    "regex_match": "regex_match:RegexMatch",
    "min_regex_count": "min_regex_count:MinRegexCount",
    "max_regex_count": "max_regex_count:MaxRegexCount",
    "word_count": "word_count:WordCount",
    "frontmatter_status": "frontmatter_status:FrontmatterStatus",
    "json_schema": "json_schema.rule:JsonSchema",
    "citations_resolve": "citations_resolve:CitationsResolve",
    "quotes_resolve": "quotes_resolve:QuotesResolve",
    "unchanged_since": "unchanged_since:UnchangedSince",
    "viz_tech_match": "viz_tech_match.rule:VizTechMatch",
    "url_reachable": "url_reachable.rule:UrlReachable",
    "command": "command:Command",
}
"""Every type a contract may name, and its `module:class` in `types/`, which is imported once it is wanted.

`file_exists_any_of` is compiled from `required_outputs`, never written.
"""

PATH_VARIABLES: Mapping[str, str] = {
    "client_component": "viz_tech_match.client_component:first_client_component",
}
"""Variables that a check type provides for every contract, and the `module:function` in `types/` that finds the path.

The function takes the root and the artifact path, and returns a path relative to the root.
"""


def rule_type(name: str) -> "type[WrittenRule]":
    """The rule of a check type that is known. Raises InvalidFile where a package that should bring it does not."""
    if name not in RULES:
        return _own_rule(name)
    rule: type[WrittenRule] = _import(RULES[name])
    return rule


def path_variable(name: str) -> Callable[[Path, str], str]:
    """What finds the path that a variable of PATH_VARIABLES stands for."""
    find: Callable[[Path, str], str] = _import(PATH_VARIABLES[name])
    return find


def _import(entry: str) -> Any:
    """What `module:name` in `types/` is."""
    module, _, name = entry.partition(":")
    return getattr(import_module(f"gate_tests.checks.types.{module}"), name)


def known_types(named: Iterable[str] | None = None) -> tuple[str, ...]:
    """Every type that a contract may name: ours, then those of installed packages.

    Where only types of ours are `named`, nobody looks for packages, and none of theirs is told.
    """
    if named is not None and set(named) <= RULES.keys():
        return tuple(RULES)
    from gate_tests.checks.custom.entry_points import custom_types

    return (*RULES, *custom_types(RULES).by_name)


def unusable_types() -> tuple[str, ...]:
    """A line for each type of an installed package that cannot be used: its name is taken, or is none."""
    from gate_tests.checks.custom.entry_points import custom_types

    return custom_types(RULES).faults


def _own_rule(name: str) -> "type[WrittenRule]":
    from gate_tests.checks.custom.entry_points import custom_types
    from gate_tests.checks.custom.rule import custom_rule

    own = custom_types(RULES).by_name.get(name)
    if own is None:
        raise InvalidFile([f"unknown check type {name!r}: no package that is installed here brings it"])
    return custom_rule(own)


def mend(name: str) -> str:
    """What to do where a check of this type did not hold; something for every name that a record may have."""
    if name == "file_exists_any_of":
        from gate_tests.checks.types.file_exists_any_of import FileExistsAnyOf

        return FileExistsAnyOf.mend
    try:
        return rule_type(name).mend
    except InvalidFile:  # of a package that is not installed here, or of the original
        return "Change the work until what was wanted is so."
