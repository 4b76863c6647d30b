"""What the links, images, headings and fenced blocks of a Markdown page are, as GitHub reads it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from html.parser import HTMLParser
from itertools import pairwise, takewhile
from pathlib import Path
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

_LINKS_OF_TAGS = {"a": "href", "img": "src", "source": "srcset"}
_ANCHORS = ("id", "name")
_NOT_IN_ANCHORS = re.compile(r"[^\w\- ]")
_COMMAND = re.compile(r"^\$ ((?:.*\\\n)*.*)", re.MULTILINE)
_TITLE = re.compile(r'title="([^"]+)"')
_EXTERNAL = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


class Link(NamedTuple):
    """A link or image: its target as written, the number of the line where its paragraph begins, and its text."""

    target: str
    line: int
    label: str = ""

    @property
    def is_external(self) -> bool:
        """Whether the target is a URL rather than a path relative to the page."""
        return _EXTERNAL.match(self.target) is not None

    @property
    def path(self) -> str:
        """The target without its anchor; empty for an anchor in the same page."""
        return self.target.partition("#")[0]

    @property
    def anchor(self) -> str:
        """The anchor of the target; empty if it has none."""
        return self.target.partition("#")[2]


class Block(NamedTuple):
    """A fenced block: its language, its text, and the path of the file that it is (`title="PATH"`), if it is one."""

    language: str
    text: str
    path: str | None = None
    lines: tuple[int, int] = (0, 0)
    """The line of the page that opens it, and the one after it, from 0."""

    @property
    def commands(self) -> list[str]:
        """The commands of a session: after `$ `, to the end of a line without a backslash."""
        return _COMMAND.findall(self.text)


class Page(NamedTuple):
    """A page: its text, and that text parsed."""

    text: str
    tokens: list[Token]

    @property
    def blocks(self) -> list[Block]:
        """The fenced blocks, in their order."""
        return [_read_block(token) for token in self.tokens if token.type == "fence"]

    def find_blocks(self, language: str) -> list[str]:
        """The texts of the fenced blocks in this language."""
        return [block.text for block in self.blocks if block.language == language]

    def find_block(self, language: str, containing: str = "") -> str:
        """The one fenced block in this language that contains a text. Raises ValueError unless there is one."""
        (text,) = [each for each in self.find_blocks(language) if containing in each]
        return text

    @property
    def links(self) -> list[Link]:
        """All links and images, those in HTML too."""
        return [link for token in self.tokens for link in _find_links(token)]

    @property
    def title(self) -> str:
        """The text of the first heading; empty if there is none."""
        pairs = pairwise(self.tokens)
        return next((_get_text(inline) for heading, inline in pairs if heading.type == "heading_open"), "")

    @property
    def entries(self) -> Iterator[tuple[str, Link]]:
        """The links that items of lists begin with, each with the heading above it."""
        heading = ""
        for before, token in pairwise(self.tokens):
            if before.type == "heading_open":
                heading = _get_text(token)
            elif token.level > 1 and token.children and token.children[0].type == "link_open":
                yield heading, next(_find_links(token))

    @property
    def anchors(self) -> set[str]:
        """What a link to this page may name after `#`."""
        headings: dict[str, int] = {}
        anchors = {name for token in self.tokens for tag in read_tags(token) for name in _names(tag)}
        for heading, inline in pairwise(self.tokens):
            if heading.type == "heading_open":
                anchors.add(_number(make_anchor(_get_text(inline)), headings))
        return anchors


class Tag(NamedTuple):
    """An HTML tag in a page."""

    name: str
    attributes: Mapping[str, str]


def parse(text: str) -> Page:
    """The page, as CommonMark with tables."""
    return Page(text, _parser().parse(text))


@cache
def read(path: Path) -> Page:
    """The page in this file."""
    return parse(path.read_text("utf-8"))


def make_anchor(heading: str) -> str:
    """The anchor that GitHub gives a heading with this text."""
    return _NOT_IN_ANCHORS.sub("", heading.strip().lower()).replace(" ", "-")


def _get_text(inline: Token) -> str:
    """The text of a paragraph or heading, without markup."""
    return _join_text(inline.children or ())


def _join_text(children: Iterable[Token]) -> str:
    return "".join(child.content for child in children if child.type in ("text", "code_inline"))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table")


def _read_block(token: Token) -> Block:
    language, _, rest = token.info.strip().partition(" ")
    title = _TITLE.search(rest)
    first, end = token.map or (0, 0)
    return Block(language, token.content, title[1] if title else None, (first, end))


def _number(anchor: str, used: dict[str, int]) -> str:
    number = used.get(anchor, -1) + 1
    used[anchor] = number
    return f"{anchor}-{number}" if number else anchor


def _find_links(token: Token) -> Iterator[Link]:
    line = (token.map or [0])[0] + 1
    children = token.children or []
    for index, child in enumerate(children):
        if target := child.attrs.get("href") or child.attrs.get("src"):
            inside = takewhile(lambda each: each.type != "link_close", children[index:])
            yield Link(str(target), line, _join_text(inside))
    for tag in read_tags(token):
        if target := tag.attributes.get(_LINKS_OF_TAGS.get(tag.name, "")):
            yield Link(target, line)


def _names(tag: Tag) -> list[str]:
    return [tag.attributes[key] for key in _ANCHORS if key in tag.attributes]


def read_tags(token: Token) -> list[Tag]:
    """The HTML tags of a block."""
    parts = [token] if token.type == "html_block" else token.children or ()
    reader = _TagReader()
    for part in parts:
        if part.type in ("html_block", "html_inline"):
            reader.feed(part.content)
    return reader.tags


class _TagReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[Tag] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(Tag(tag, {key: value or "" for key, value in attrs}))
