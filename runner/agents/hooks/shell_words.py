"""Splits a shell command line into its simple commands and their words. No shell grammar: nothing is expanded."""

import re
import shlex
from collections.abc import Iterator
from typing import Final

_HERE_DOCUMENT: Final = r"""(?<!<)<<-?[ \t]*(?:'([^']+)'|"([^"]+)"|\\?([\w.-]+))"""
"""Compiled where one is: the guard runs before each tool call."""
_QUOTED: Final = r"""('[^']*'|"(?:\\.|[^"\\])*"|\\.)|(?:(?<=[\s;&|()])|^)\#[^\n]*"""
"""What is quoted, or else a comment."""
_OPERATORS: Final = "<>;&|()"
_MARK: Final = "\ue000"
"""Before a quoted operator, which is none."""
_NAMES: Final = ("orchestration", "gates", "contracts", "schemas", "programs", "workflows", "runs", "record")
"""The directories that a pattern may match."""
_MAX_PATTERN_LENGTH: Final = 200
_MAX_LENGTH: Final = 100_000


def split_commands(command: str) -> Iterator[tuple[list[str], str]]:
    """The simple commands of a command line, each as its words, and the separator that follows, such as `&&` or `);`.

    Redirections are words of their own.
    """
    text = command[:_MAX_LENGTH].replace("\\\n", " ")
    text = "\n".join(_leave_out_documents(text.split("\n"))) if "<<" in text else text
    text = re.sub(_QUOTED, _mark_operators, text, flags=re.DOTALL)
    words: list[str] = []
    for word in _split_words(text.replace("\n", " ; ")):
        if word and not word.strip(";&|()"):
            yield words, word
            words = []
        else:
            words.append(word)
    yield words, ""


def _leave_out_documents(lines: list[str]) -> Iterator[str]:
    """The lines without here documents, and what begins them."""
    last = {line.strip(): index for index, line in enumerate(lines)}
    index = 0
    while index < len(lines):
        line = lines[index]
        index += 1
        for match in re.finditer(_HERE_DOCUMENT, line) if "<<" in line else ():
            end = next(filter(None, match.groups())).strip()
            if last.get(end, -1) >= index:
                line = line.replace(match[0], " ", 1)
                index += 1 + next(count for count, each in enumerate(lines[index:]) if each.strip() == end)
        yield line


def _split_words(text: str) -> list[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=True)
    lexer.commenters, lexer.whitespace_split = "", True
    try:
        return list(lexer)
    except ValueError:  # a quotation that does not end
        return re.sub(r"([;&|()]+|>+)", r" \1 ", text.replace('"', "").replace("'", "")).split()


def _mark_operators(match: re.Match[str]) -> str:
    """What is quoted, but marked where it would be taken for an operator; nothing for a comment."""
    quoted = match[1] or ""
    inner = quoted.strip("'\"\\")
    return f"'{_MARK}{inner}'" if inner and not inner.strip(_OPERATORS) else quoted


def expand_pattern(path: str) -> list[str]:
    """The path; of a pattern also what it may match of the directories that matter."""
    if ("*" not in path and "?" not in path) or len(path) > _MAX_PATTERN_LENGTH:
        return [path]
    from fnmatch import fnmatchcase

    found = [""]
    for part in path.split("/"):
        names = [name for name in _NAMES if fnmatchcase(name, part)] if {*part} & {*"*?"} else []
        found = [f"{before}{each}/" for before in found[:_MAX_PATTERN_LENGTH] for each in (part, *names)]
    return [each[:-1] for each in found]
