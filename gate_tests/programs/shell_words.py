"""Finds what only a shell understands among the words of a command, which is run without one."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

_OPERATORS: Final = frozenset(("&&", "||", "|", "|&", ";", "\\;", "&", ">", ">>", ">|", "<", "<<", "<<<", "&>", "&>>"))
_REDIRECTION: Final = re.compile(r"(?:\d+|&)>{1,2}|(?:\d+|&)?>{1,2}(?:&(?:\d+|-)|[\w./~$-][^=\s]*+)|<[\w./~-]++")
_EXPANSION: Final = re.compile(
    r"[\w./=:,@+-]*+(?:\$\{\w+(?::?[-=?+][^}\s]*+)?\}|\$[A-Z_][A-Z0-9_]*+)\S*+|(?:[\w-]++=)?(?:\$\(.*\)|`.*`)|~/\S*+",
    re.DOTALL,
)
_LINE: Final = re.compile(r"\s(?:&&|\|\||2>&1)(?!\S)|^[\w./-]++;$")
_QUOTED: Final = re.compile(r"'[^']*+'")
_ASSIGNMENT: Final = re.compile(r"[A-Za-z_]\w*+=\S*+")
_BUILT_INS: Final = frozenset((
    "cd", "export", "source", ".", "set", "unset", "alias", "eval", "exec", "ulimit", "if", "for", "while", "!", "[[",
))  # fmt: skip
_CODE_OPTION: Final = re.compile(r"-{1,2}(?:\w*[ceEpr]|eval|print|command|Command|exec)|/[cC]")
_LANGUAGES: Final = frozenset(("awk", "gawk", "mawk", "nawk"))
"""Programs whose first argument is code, in which `&&` is at home."""
_BEFORE_SEMICOLON: Final = frozenset(("-exec", "-execdir", "-ok", "-okdir"))


def find_shell_syntax(words: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The index of each word that a shell would have treated otherwise, and what happens to it without one."""
    if problem := _explain_program(words[0]):
        yield 0, problem
    for index, word in enumerate(words[1:], 1):
        is_code = _CODE_OPTION.fullmatch(words[index - 1]) is not None or words[0].rpartition("/")[2] in _LANGUAGES
        if problem := _explain_argument(word, words, is_code=is_code):
            yield index, problem


def _explain_program(word: str) -> str | None:
    if _ASSIGNMENT.fullmatch(word):
        return "is taken as the program's name; use 'env NAME=value program' to set a variable"
    if any(mark.isspace() for mark in word.strip()):
        return "is taken as the program's name; give each of its words as an argument of its own"
    if word in _BUILT_INS:
        return "is a shell built-in, but commands are run without a shell"
    return "is not expanded: commands are run without a shell" if _EXPANSION.fullmatch(word) else None


def _explain_argument(word: str, words: Sequence[str], *, is_code: bool) -> str | None:
    if word in _OPERATORS or _REDIRECTION.fullmatch(word):
        is_ours = word == ";" and not _BEFORE_SEMICOLON.isdisjoint(words)
        return None if is_ours else "is passed as an argument: commands are run without a shell"
    if is_code:
        return None
    if _LINE.search(word):
        return "is passed as one argument: commands are run without a shell"
    if _QUOTED.fullmatch(word):
        return "is passed with its quotation marks: commands are run without a shell"
    return "is not expanded: commands are run without a shell" if _EXPANSION.fullmatch(word) else None
