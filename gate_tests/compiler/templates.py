"""Variables such as `{slug}` in paths, patterns, headings and instructions: replaced once, not recursively."""

import re
from collections.abc import Mapping
from typing import Final

from gate_tests.checks.registry import PATH_VARIABLES
from gate_tests.errors import suggest

VARIABLE: Final = re.compile(r"\{([a-z][a-z0-9_]*)\}")

_SYNTAX: Final = re.compile(r"[\\^$.*+?()\[\]{}|/]")

BUILT_IN_VARIABLES: Final = ("slug", "artifact_path", "depth", "run_id", *PATH_VARIABLES)
"""Every run has these; a workflow may declare more."""


class UnknownVariable(Exception):
    """A template names a variable that is not declared."""

    def __init__(self, name: str, known: Mapping[str, str]) -> None:
        super().__init__(f"unknown variable {{{name}}}{suggest(name, known)}")


def expand(template: str, values: Mapping[str, str]) -> str:
    """`template` with every `{name}` replaced by its value. Raises UnknownVariable."""

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise UnknownVariable(match[1], values)
        return values[match[1]]

    return VARIABLE.sub(value, template)


def expand_regex(template: str, values: Mapping[str, str]) -> str:
    """`template`, a regex, with every known variable replaced by a regex for its value. Unknown ones are kept."""
    return VARIABLE.sub(lambda match: _literal(values[match[1]]) if match[1] in values else match[0], template)


def _literal(value: str) -> str:
    """A regex, in JavaScript's syntax, that matches only `value`."""
    return _SYNTAX.sub(r"\\\g<0>", value).replace("-", r"\x2d")  # which means a range in a class
