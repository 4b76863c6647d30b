"""The check types, one module each. A new one is a module, a line in this table, and three example files."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gate_tests.checks.rule import WrittenRule

RULES: Mapping[str, str] = {
    "file_exists": "FileExists",
    "min_sources": "MinSources",
    "contains_headings": "ContainsHeadings",
    "not_contains": "NotContains",
    "url_reachable": "UrlReachable",
}
"""Every type a contract may name, and its class in the module of the same name, which is imported once it is wanted.

`file_exists_any_of` is compiled from `required_outputs`, never written.
"""


def rule_type(name: str) -> "type[WrittenRule]":
    """The rule of a check type that is known."""
    rule: type[WrittenRule] = getattr(import_module(f"gate_tests.checks.{name}"), RULES[name])
    return rule
