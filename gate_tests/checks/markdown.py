"""What is a heading in Markdown and what only looks like one."""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

MARKDOWN_SUFFIXES = (".md", ".markdown", ".mdx")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:.*\n)*?---[ \t]*(?:\n|\Z)")
_LINE_END = re.compile(r"\r\n?")


@dataclass(frozen=True)
class Heading:
    """An ATX heading: `level` 1 to 6, `text` as written, and whether it begins at the start of its line."""

    level: int
    text: str
    at_line_start: bool


def headings(text: str) -> list[Heading]:
    """The headings (`#` … `######`) of a Markdown text that stand outside code, quotes, lists and front matter."""
    text = _without_front_matter(_LINE_END.sub("\n", text))
    lines = text.split("\n")
    tokens = _parser().parse(text)
    return [
        Heading(len(token.markup), tokens[index + 1].content, lines[token.map[0]].startswith("#"))
        for index, token in enumerate(tokens)
        if token.type == "heading_open" and token.markup.startswith("#") and token.level == 0 and token.map
    ]


def _without_front_matter(text: str) -> str:
    front = _FRONT_MATTER.match(text)
    return text[front.end() :] if front else text


@cache
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Inline rules are off: a heading's text is wanted as it was written.
    return MarkdownIt("commonmark").disable("inline")
