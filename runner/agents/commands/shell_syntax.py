"""Finds in a command what only a shell understands."""

import re
from typing import Final

_VARIABLE: Final = r"\$(?:[A-Za-z_]\w*|\{[^}]*\})"
_QUOTED: Final = re.compile(rf"""'[^']*'|"({_VARIABLE})?(?:\\.|[^"\\])*"|\\.""", re.DOTALL)
_OPERATOR: Final = re.compile(
    rf"(?<!\S)(?:\|[|&]?|&&?|;;?|(?:[0-9]*|&)[<>]\S*)(?!\S)|;(?=\s)|\$\(|`|{_VARIABLE}|(?<=\s)~/\S*"
)
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")


def find_shell_operator(command: str) -> str | None:
    """The first pipe, list operator, redirection, substitution or variable outside quotes; one inside a word is text.

    A variable at the beginning of double quotes counts too: that is how an argument is written for a shell.
    """
    found = _OPERATOR.search(_replace_quoted(command))
    return found[0] if found else None


def has_unquoted(command: str, text: str) -> bool:
    """Whether the text is in a command outside quotes."""
    return text in _replace_quoted(command)


def _replace_quoted(command: str) -> str:
    """The command with `_` for what is quoted, or the variable at its beginning."""
    return _QUOTED.sub(lambda quoted: quoted[1] or "_", command.strip())


def is_assignment(word: str) -> bool:
    """Whether a shell would take the word before a program for a variable of its environment."""
    return _ASSIGNMENT.match(word) is not None
