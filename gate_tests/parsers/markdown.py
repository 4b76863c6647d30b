"""Finds the headings of a Markdown text."""

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MARKDOWN_SUFFIXES: Final = (".md", ".markdown", ".mdx")
FRONT_MATTER: Final = re.compile(r"---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|\Z)")
_LINE_END: Final = re.compile(r"\r\n?")
_HEADING_OR_FENCE: Final = re.compile(r"^ {0,3}(?:[#<]|`{3}|~{3}).*", re.MULTILINE)
"""A line that may be a heading, or hide one as a fence or HTML."""


class Heading(NamedTuple):
    """An ATX heading: `level` 1 to 6, `text` as written, and whether it begins at the start of its line."""

    level: int
    text: str
    at_line_start: bool


def find_headings(text: str) -> list[Heading]:
    """The ATX headings (`#` … `######`) outside code, quotes, lists and front matter."""
    text = strip_front_matter(_LINE_END.sub("\n", text))
    found = _scan(text)
    return _parse(text) if found is None else found


def _scan(text: str) -> list[Heading] | None:
    """The headings, if all lines that may be headings, fences or HTML are fences or start at the margin; else None.

    At the margin a line is in no list, and one with `#` or a fence in no quote or paragraph, so only fences have to be
    tracked. That suffices for most texts and avoids the parser, whose import takes a tenth of a `gate finish` and whose
    tree takes hundreds of bytes per byte of the text.
    """
    found, fence = [], ""
    for match in _HEADING_OR_FENCE.finditer(text):
        line = match[0]
        if fence:
            fence = "" if _closes_fence(line, fence) else fence
        elif line[0] in " <":
            return None  # may be in a list, or HTML
        elif line[0] == "#":
            found += _parse_heading(line)
        elif line[0] == "~" or "`" not in line.lstrip("`"):
            fence = _leading_marks(line)
    return found


def _closes_fence(line: str, fence: str) -> bool:
    marks = _leading_marks(line.lstrip(" "))
    return marks.startswith(fence) and not line.lstrip(" ")[len(marks) :].strip(" \t")


def _leading_marks(line: str) -> str:
    """The run of equal characters at the start of a line."""
    return line[: len(line) - len(line.lstrip(line[0]))]


def _parse_heading(line: str) -> list[Heading]:
    """The heading, if the line, which begins with `#`, is one."""
    level = len(_leading_marks(line))
    title = line[level:].rstrip(" \t")
    if level > 6 or (title and title[0] not in " \t"):
        return []
    closed = title.rstrip("#")
    return [Heading(level, (closed if closed.endswith((" ", "\t")) else title).strip(), True)]


def _parse(text: str) -> list[Heading]:
    """The headings of any text, by CommonMark."""
    lines = text.split("\n")
    tokens = _make_parser().parse(text)
    return [
        Heading(len(token.markup), tokens[index + 1].content, lines[token.map[0]].startswith("#"))
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.markup.startswith("#") and token.level == 0 and token.map
    ]


def strip_front_matter(text: str) -> str:
    """The text after its front matter, if it has one."""
    front = FRONT_MATTER.match(text)
    return text[front.end() :] if front else text


@cache
def _make_parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Without inline rules, so that a heading's text is as written.
    return MarkdownIt("commonmark").disable("inline")
