"""Finds in a command what only a shell understands."""

import re
from typing import Final

_QUOTED: Final = re.compile(r"""'[^']*'|"(?:\\.|[^"\\])*"|\\.""", re.DOTALL)
_OPERATOR: Final = re.compile(r"(?<!\S)(?:\|[|&]?|&&?|;;?|(?:[0-9]*|&)[<>]\S*)(?!\S)|;(?=\s)|\$\(|`")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")


def find_shell_operator(command: str) -> str | None:
    """The first pipe, list operator, redirection or substitution outside quotes; one inside a word is text."""
    found = _OPERATOR.search(_QUOTED.sub("_", command))
    return found[0] if found else None


def is_assignment(word: str) -> bool:
    """Whether a shell would take the word before a program for a variable of its environment."""
    return _ASSIGNMENT.match(word) is not None
