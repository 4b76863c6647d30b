"""Finds the headings of a Markdown text, which may have millions: they are found one by one, and none is kept."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from gate_tests.parsers.too_large import TooLargeToParse
from gate_tests.typing_compat import override

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MARKDOWN_SUFFIXES: Final = (".md", ".markdown", ".mdx")
_FRONT_MATTER_START: Final = re.compile(r"---[ \t]*\n")
_FRONT_MATTER_END: Final = re.compile(r"^---[ \t]*(?:\n|\Z)", re.MULTILINE)
_FIRST_HEADING_OR_FENCE: Final = re.compile(r"( {0,3}(?:[#<]|`{3}|~{3}).*)")
"""A line that may be a heading, or hide one as a fence or HTML."""
_NEXT_HEADING_OR_FENCE: Final = re.compile(f"\n{_FIRST_HEADING_OR_FENCE.pattern}")
"""Such a line after the first. It begins with a character, not with `^`: so `re` finds it twice as fast."""


class Heading(NamedTuple):
    """An ATX heading: `level` 1 to 6, `text` as written, and whether it begins at the start of its line."""

    level: int
    text: str
    at_line_start: bool


def find_headings(text: str, max_bytes: int) -> Iterator[Heading]:
    """The ATX headings (`#` … `######`) outside code, quotes, lists and front matter.

    Raises TooLargeToParse where a text of more than `max_bytes` (as UTF-8) has to be parsed.
    """
    text = strip_front_matter(text.replace("\r\n", "\n").replace("\r", "\n"))
    if _needs_parser(text):
        _check_size(text, max_bytes)
        return iter(_parse(text))
    return _scan(text)


def _check_size(text: str, max_bytes: int) -> None:
    size_bytes = len(text) if text.isascii() else len(text.encode())
    if size_bytes > max_bytes:
        raise TooLargeToParse(
            f"{size_bytes} bytes of Markdown, more than the {max_bytes} that are parsed (limits.markdown_bytes)"
        )


def _needs_parser(text: str) -> bool:
    return None in _find_heading_lines(text)


def _scan(text: str) -> Iterator[Heading]:
    """The headings of a text that needs no parser."""
    for line in _find_heading_lines(text):
        if heading := _parse_heading(line or ""):
            yield heading


def _find_heading_lines(text: str) -> Iterator[str | None]:
    """The lines at the margin that begin with `#` and are in no fence; ends with None if the parser is needed.

    That is where a line that may be a heading, a fence or HTML is HTML or does not start at the margin. At the margin a
    line is in no list, and one with `#` or a fence in no quote or paragraph, so only fences have to be tracked. That
    suffices for most texts and avoids the parser, whose import takes a tenth of a `gate finish`.
    """
    fence = ""
    first = _FIRST_HEADING_OR_FENCE.match(text)
    for match in chain((first,) if first else (), _NEXT_HEADING_OR_FENCE.finditer(text)):
        line = match[1]
        if fence:
            fence = "" if _closes_fence(line, fence) else fence
        elif line[0] in " <":
            yield None  # may be in a list, or HTML
            return
        elif line[0] == "#":
            yield line
        elif line[0] == "~" or "`" not in line.lstrip("`"):
            fence = _leading_marks(line)


def _closes_fence(line: str, fence: str) -> bool:
    marks = _leading_marks(line.lstrip(" "))
    return marks.startswith(fence) and not line.lstrip(" ")[len(marks) :].strip(" \t")


def _leading_marks(line: str) -> str:
    """The run of equal characters at the start of a line."""
    return line[: len(line) - len(line.lstrip(line[0]))]


def _parse_heading(line: str) -> Heading | None:
    """The heading, if the line, which begins with `#`, is one."""
    level = len(_leading_marks(line))
    title = line[level:].rstrip(" \t")
    if level > 6 or (title and title[0] not in " \t"):
        return None
    closed = title.rstrip("#")
    return Heading(level, (closed if closed.endswith((" ", "\t")) else title).strip(), True)


def _parse(text: str) -> list[Heading]:
    """The headings of any text, by CommonMark."""
    headings, parser = _HeadingTokens(text), _make_parser()
    parser.block.parse(text, parser, {"references": _NoReferences()}, headings)
    return headings.found


class _HeadingTokens(list["Token"]):
    """What the parser appends its tokens to. Keeps no token, for they take hundreds of bytes per byte of the text.

    The parser looks at earlier tokens only to mark the paragraphs of a list as tight, for HTML.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[Heading] = []
        self._text = text
        self._offset = self._line = 0
        self._last_two: list[Token] = []

    @override
    def append(self, token: "Token", /) -> None:
        # The parser fills in a token after it has appended it. A heading is three: open, inline, close.
        if token.type == "heading_close" and token.level == 0:
            opened, inline = self._last_two
            if opened.markup.startswith("#"):
                self.found.append(Heading(len(opened.markup), inline.content, self._begins_with_mark(opened)))
        self._last_two = [*self._last_two[-1:], token]

    def _begins_with_mark(self, token: "Token") -> bool:
        """Whether its line, which is no earlier than that of the call before, begins with `#`."""
        line = token.map[0] if token.map else 0
        while self._line < line:
            self._offset = self._text.index("\n", self._offset) + 1
            self._line += 1
        return self._text.startswith("#", self._offset)


class _NoReferences(dict[str, Any]):
    """Where the parser puts the definitions of links, of which no heading depends."""

    @override
    def __setitem__(self, label: str, definition: Any) -> None:
        pass


def strip_front_matter(text: str) -> str:
    """The text after its front matter, if it has one."""
    return text[find_front_matter_end(text) :]


def find_front_matter_end(text: str) -> int:
    """The offset at which the front matter ends; 0 without front matter."""
    start = _FRONT_MATTER_START.match(text)
    end = _FRONT_MATTER_END.search(text, start.end()) if start else None
    return end.end() if end else 0


@cache
def _make_parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    # Without inline rules, so that a heading's text is as written.
    return MarkdownIt("commonmark").disable("inline")
