"""Renders HTML in Markdown: drops tags and comments, finds links, code and quotations."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Final, NamedTuple

from gate_tests.parsers.markdown.block import Block, BlockKind, SpanKind
from gate_tests.parsers.markdown.block_parser import RawBlock
from gate_tests.parsers.markdown.text_builder import TextBuilder

_TAG: Final = re.compile(
    r"<(?P<closing>/?)(?P<name>[A-Za-z][A-Za-z0-9-]{0,40}+)"
    r"(?P<attributes>(?:[^<>\"']++|\"[^\"]{0,2000}+\"|'[^']{0,2000}+'){0,200}+)>"
)
_VALUE: Final = r"\s{0,20}+=\s{0,20}+(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+))"
_TARGET: Final = re.compile(rf"(?<![^\s\"'/])(?:href|src){_VALUE}", re.IGNORECASE)
_ID: Final = re.compile(rf"(?<![^\s\"'/])id{_VALUE}", re.IGNORECASE)
_ID_OR_NAME: Final = re.compile(rf"(?<![^\s\"'/])(?:id|name){_VALUE}", re.IGNORECASE)
_NEXT: Final = re.compile(r"<(?=[A-Za-z/!?])|&|\n")
_ENTITY: Final = re.compile(r"&(?:#\d{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CODE: Final = frozenset(("code", "kbd", "samp", "tt", "var"))
_INLINE: Final = frozenset((
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "data", "del", "dfn", "em", "font", "i", "img", "ins", "label",
    "mark", "nobr", "q", "ruby", "rb", "s", "small", "span", "strike", "strong", "sub", "sup", "time", "u", "wbr",
    "picture", "source", "svg", "summary", "video", "audio", "iframe", *_CODE,
))  # fmt: skip
"""Elements that do not end a paragraph; `summary` does, but what it says belongs to what it opens."""
_HIDDEN: Final = frozenset(("script", "style", "template"))
"""Elements of which a reader sees nothing."""
_UNSEEN: Final = frozenset(("base", "link"))
"""Elements that show nothing of what they point at."""


class Tag(NamedTuple):
    """A tag: its name in lower case, empty for a comment or a declaration; `target` as in `Span`, `anchor` its id."""

    name: str = ""
    is_closing: bool = False
    target: str | None = None
    anchor: str | None = None

    def add_to(self, builder: TextBuilder) -> None:
        """Add what a reader sees of the tag, within a paragraph."""
        self.add_anchor(builder)
        if self.name in ("q", "blockquote"):
            builder.add("”" if self.is_closing else "“")
        elif self.name in _CODE:
            self._add_span(builder, SpanKind.CODE)
        elif self.name in ("strong", "b"):
            self._add_span(builder, SpanKind.STRONG)
        elif self.name == "a" and (self.is_closing or self.target is not None):
            self._add_span(builder, SpanKind.LINK)
        elif self.target is not None:
            self._add_target(builder)
        elif self.name == "summary" or (self.name and self.name not in _INLINE):
            builder.add("\n")

    def begin_paragraph(self, builder: TextBuilder) -> None:
        """Add what the tag, which does not stand within a paragraph, points at and is named."""
        self.add_anchor(builder)
        if self.target is not None and self.name not in _UNSEEN:
            self._add_target(builder)

    def add_anchor(self, builder: TextBuilder) -> None:
        """Add the anchor, if it has one."""
        if self.anchor:
            builder.open(SpanKind.ANCHOR, self.anchor)
            builder.close(SpanKind.ANCHOR)

    def _add_target(self, builder: TextBuilder) -> None:
        builder.open(SpanKind.IMAGE, self.target or "")
        builder.close(SpanKind.IMAGE)

    def _add_span(self, builder: TextBuilder, kind: SpanKind) -> None:
        if self.is_closing:
            builder.close(kind)
        else:
            builder.open(kind, self.target or "")


def parse_tag(text: str) -> Tag:
    """The tag, comment or declaration that `text` is."""
    match = _TAG.match(text)
    if not match:
        return Tag()
    name, attributes = match["name"].lower(), match["attributes"]
    anchor = _find_value(_ID_OR_NAME if name == "a" else _ID, attributes)
    return Tag(name, bool(match["closing"]), _find_value(_TARGET, attributes), anchor)


def _find_value(attribute: re.Pattern[str], attributes: str) -> str | None:
    found = attribute.search(attributes)
    value = next((value for value in found.groups() if value is not None), None) if found else None
    return None if value is None else unescape(value).strip()


class HtmlRenderer:
    """Renders blocks of HTML one after the other; a `<blockquote>` may begin in one and end in another."""

    def __init__(self) -> None:
        self._quotes = self._quote_depth = 0

    def mark_quote(self, block: Block) -> Block:
        """The block as part of the open HTML quotation, if there is one. Its number is negative."""
        return block._replace(quote=-self._quotes) if self._quote_depth and not block.quote else block

    def render(self, block: RawBlock) -> Iterator[Block]:
        """The paragraphs of a block of HTML."""
        text, line, position = block.content, block.line, 0
        builder = TextBuilder()
        while position < len(text):
            found = _NEXT.search(text, position)
            builder.line = line
            builder.add(text[position : found.start() if found else len(text)])
            if not found:
                break
            position = found.end()
            if found[0] == "\n":
                builder.add("\n")
                line += 1
            elif found[0] == "&":
                entity = _ENTITY.match(text, found.start())
                builder.add(unescape(entity[0]) if entity else "&")
                position = entity.end() if entity else position
            else:
                tag, position = _read_tag(text, found.start())
                line += text.count("\n", found.start(), position)
                if tag is None:
                    builder.add("<")
                elif not tag.name or tag.name in _INLINE or tag.name in ("br", "img"):
                    tag.add_to(builder)
                else:
                    yield from self._finish(builder, block)
                    builder = TextBuilder()
                    builder.line = line
                    tag.begin_paragraph(builder)
                    self._open_or_close(tag)
        yield from self._finish(builder, block)

    def _finish(self, builder: TextBuilder, block: RawBlock) -> Iterator[Block]:
        text, lines, spans = builder.build(block.line)
        if text.strip() or spans:
            yield self.mark_quote(Block(BlockKind.HTML, text, lines, spans, 0, block.quote, block.is_nested))

    def _open_or_close(self, tag: Tag) -> None:
        if tag.name == "blockquote":
            self._quotes += not tag.is_closing and not self._quote_depth
            self._quote_depth = max(self._quote_depth + (-1 if tag.is_closing else 1), 0)


def _read_tag(text: str, start: int) -> tuple[Tag | None, int]:
    """The tag, comment or declaration at `start`, None if there is none, and where it ends.

    `<pre>` and elements that are not shown end with their closing tag, and are a tag without name, as a comment.
    """
    if text.startswith("<!--", start):
        return Tag(), _find_end(text, "-->", start + 2)  # `<!-->` is a whole comment
    if text.startswith(("<!", "<?"), start):
        return Tag(), _find_end(text, ">", start)
    match = _TAG.match(text, start)
    if not match:
        return None, start + 1
    tag = parse_tag(match[0])
    if (tag.name == "pre" or tag.name in _HIDDEN) and not tag.is_closing and not match[0].endswith("/>"):
        closing = re.compile(rf"</{tag.name}\s*+>", re.IGNORECASE).search(text, match.end())
        return Tag("pre"), closing.end() if closing else len(text)
    return tag, match.end()


def _find_end(text: str, closing: str, start: int) -> int:
    """Behind `closing`; the end of the text if it is not there."""
    found = text.find(closing, start)
    return found + len(closing) if found >= 0 else len(text)
