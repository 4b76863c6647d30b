"""What is a heading in Markdown and what only looks like one."""

import re
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MARKDOWN_SUFFIXES: Final = (".md", ".markdown", ".mdx")
_FRONT_MATTER: Final = re.compile(r"---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|\Z)")
_LINE_END: Final = re.compile(r"\r\n?")
_DECISIVE: Final = re.compile(r"^ {0,3}(?:[#<]|`{3}|~{3}).*", re.MULTILINE)
"""A line that may be a heading or hide one: by a fence or by HTML."""


class Heading(NamedTuple):
    """An ATX heading: `level` 1 to 6, `text` as written, and whether it begins at the start of its line."""

    level: int
    text: str
    at_line_start: bool


def headings(text: str) -> list[Heading]:
    """The headings (`#` … `######`) of a Markdown text that stand outside code, quotes, lists and front matter."""
    text = without_front_matter(_LINE_END.sub("\n", text))
    found = _scan(text)
    return _parse(text) if found is None else found


def _scan(text: str) -> list[Heading] | None:
    """The headings of a text in which every line that decides what is one begins at its margin; of another, None.

    At the margin no line belongs to a list, and one with `#` or a fence to no quotation or paragraph either: only
    fences have to be followed. Of most texts that is all there is to know: neither has the parser to be imported,
    which takes a tenth of a `gate finish`, nor does it build its tree, hundreds of bytes for each of the text.
    """
    found, fence = [], ""
    for match in _DECISIVE.finditer(text):
        line = match[0]
        if fence:
            fence = "" if _closes(line, fence) else fence
        elif line[0] in " <":
            return None  # part of a list, perhaps; or HTML
        elif line[0] == "#":
            found += _heading(line)
        elif line[0] == "~" or "`" not in line.lstrip("`"):
            fence = _marks(line)
    return found


def _closes(line: str, fence: str) -> bool:
    marks = _marks(line.lstrip(" "))
    return marks.startswith(fence) and not line.lstrip(" ")[len(marks) :].strip(" \t")


def _marks(line: str) -> str:
    """The marks of one kind that a line begins with."""
    return line[: len(line) - len(line.lstrip(line[0]))]


def _heading(line: str) -> list[Heading]:
    """The heading that a line which begins with `#` is, if it is one."""
    level = len(_marks(line))
    title = line[level:].rstrip(" \t")
    if level > 6 or (title and title[0] not in " \t"):
        return []
    closed = title.rstrip("#")
    return [Heading(level, (closed if closed.endswith((" ", "\t")) else title).strip(), True)]


def _parse(text: str) -> list[Heading]:
    """The headings of any text, by the rules of CommonMark."""
    lines = text.split("\n")
    tokens = _parser().parse(text)
    return [
        Heading(len(token.markup), tokens[index + 1].content, lines[token.map[0]].startswith("#"))
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.markup.startswith("#") and token.level == 0 and token.map
    ]


def without_front_matter(text: str) -> str:
    """What comes after the header between `---` and `---` with which a text may begin."""
    front = _FRONT_MATTER.match(text)
    return text[front.end() :] if front else text


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Inline rules are off: a heading's text is wanted as it was written.
    return MarkdownIt("commonmark").disable("inline")
