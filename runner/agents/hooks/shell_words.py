"""Splits a shell command line into its simple commands and their words. No shell grammar: nothing is expanded."""

import re
import shlex
from collections.abc import Iterator
from typing import Final

_HERE_DOCUMENT: Final = r"""(?<!<)<<-?[ \t]*(?:'([^']+)'|"([^"]+)"|\\?([\w.-]+))"""
"""Compiled where one is: the guard runs before each tool call."""
_COMMENT: Final = r"""('[^']*'|"(?:\\.|[^"\\])*"|\\.)|(?:(?<=[\s;&|()])|^)\#[^\n]*"""
_MAX_LENGTH: Final = 100_000


def split_commands(command: str) -> Iterator[tuple[list[str], str]]:
    """The simple commands of a command line, each as its words, and the separator that follows, such as `&&` or `);`.

    Redirections are words of their own.
    """
    text = command[:_MAX_LENGTH].replace("\\\n", " ")
    text = "\n".join(_leave_out_documents(text.split("\n"))) if "<<" in text else text
    text = re.sub(_COMMENT, r"\1", text, flags=re.DOTALL) if "#" in text else text
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


def expand_pattern(path: str) -> list[str]:
    """The path; of a pattern the directory that it is in, and the `orchestration/` that it matches."""
    first = re.search(r"[^/]*[*?]", path)
    if first is None:
        return [path]
    from fnmatch import fnmatch

    directory = path[: first.start()]
    segment, _, below = path[first.start() :].partition("/")
    matched = [f"{directory}orchestration"] if not below and fnmatch("orchestration", segment) else []
    return [directory.rstrip("/") or directory or ".", *matched]
