"""The check types, one module each. A new one is a module and a line in this table."""

from gate_tests.checks.contains_headings import ContainsHeadings
from gate_tests.checks.file_exists import FileExists
from gate_tests.checks.min_sources import MinSources
from gate_tests.checks.not_contains import NotContains
from gate_tests.checks.rule import Rule, WrittenRule

RULES: tuple[type[WrittenRule], ...] = (
    FileExists,
    MinSources,
    ContainsHeadings,
    NotContains,
)
"""Every type a contract may name. `file_exists_any_of` is compiled from `required_outputs`, never written."""

__all__ = ["RULES", "Rule", "WrittenRule"]
