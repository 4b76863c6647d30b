"""The second stage: renders the Markdown of each block as the text that a reader sees."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final, Literal

from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline import StateInline

from gate_tests.parsers.markdown.block import Block, BlockKind, Flavor, Span, SpanKind
from gate_tests.parsers.markdown.block_parser import RawBlock, References, make_parser
from gate_tests.parsers.markdown.html import HtmlRenderer, parse_tag
from gate_tests.parsers.markdown.text_builder import TextBuilder
from gate_tests.typing_compat import override

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_TEXT: Final = {"text": "", "text_special": "", "softbreak": "\n", "hardbreak": "\n"}
"""What replaces a token in the text, if it is not its content."""
_OPENING: Final = {"link_open": SpanKind.LINK, "strong_open": SpanKind.STRONG}
_CLOSING: Final = {"link_close": SpanKind.LINK, "strong_close": SpanKind.STRONG}


def render_blocks(raw: Iterable[RawBlock], references: References, flavor: Flavor) -> Iterator[Block]:
    """The rendered blocks, in order; one of HTML may become several, or none."""
    renderer = _InlineRenderer(make_parser(flavor), references)
    html = HtmlRenderer()
    for block in raw:
        if block.kind is BlockKind.HTML:
            yield from html.render(block)
        elif block.kind is BlockKind.DEFINITION:
            yield Block(block.kind, "", ((0, block.line),), (Span(SpanKind.LINK, 0, 0, block.content),))
        else:
            yield html.mark_quote(renderer.render(block))


class _InlineRenderer:
    def __init__(self, parser: "MarkdownIt", references: References) -> None:
        self._parser = parser
        self._env: dict[str, Any] = {"references": references}
        self._inline = ParserInline()
        self._inline.ruler, self._inline.ruler2 = parser.inline.ruler, parser.inline.ruler2

    def render(self, block: RawBlock) -> Block:
        builder = TextBuilder()
        state = _State(block.content, self._parser, self._env, [])
        self._inline.tokenize(state)
        for rule in self._inline.ruler2.getRules(""):
            rule(state)
        self._add_tokens(builder, state.tokens, block.line, block.content)
        text, lines, spans = builder.build(block.line)
        return Block(block.kind, text, lines, spans, block.level, block.quote, block.is_nested)

    def _add_tokens(self, builder: TextBuilder, tokens: "Iterable[Token]", first_line: int, source: str) -> None:
        for token in tokens:
            builder.line = first_line + (token.map[0] if token.map else 0)
            if token.type in _TEXT:
                builder.add(_TEXT[token.type] or token.content)
            elif token.type in _OPENING:
                marks = token.markup if token.markup == "__" else ""
                builder.open(_OPENING[token.type], str(token.attrs.get("href", marks)))
            elif token.type in _CLOSING:
                builder.close(_CLOSING[token.type])
            elif token.type == "code_inline":
                _add_code(builder, _split_code_lines(token, source))
            elif token.type == "image":
                builder.open(SpanKind.IMAGE, str(token.attrs["src"]))
                self._add_tokens(builder, token.children or (), builder.line, "")
                builder.close(SpanKind.IMAGE)
            elif token.type == "html_inline":
                parse_tag(token.content).add_to(builder)


def _add_code(builder: TextBuilder, lines: Iterable[str]) -> None:
    builder.open(SpanKind.CODE)
    for line, text in enumerate(lines, builder.line):
        builder.line = line
        builder.add(text)
    builder.close(SpanKind.CODE)


def _split_code_lines(token: "Token", source: str) -> list[str]:
    """The content of a code span, which has spaces for the line ends of its source, split at these."""
    start = token.meta.get("position", len(source)) + len(token.markup)
    written = source[start : start + len(token.content) + 1]
    if "\n" not in written:
        return [token.content]
    is_trimmed = written[:-1].replace("\n", " ") != token.content  # by a space at either end
    first, *more = written[is_trimmed : is_trimmed + len(token.content)].split("\n")
    return [first, *(f" {part}" for part in more)]


class _State(StateInline):
    """Notes the line of each token, counted from 0 in the block; the parser does not tell it."""

    def __init__(self, src: str, md: "MarkdownIt", env: dict[str, Any], tokens: "list[Token]") -> None:
        super().__init__(src, md, env, tokens)
        self._counted = 0
        self._map = [0, 0]  # shared by the tokens of a line, of which there may be a million

    @override
    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> "Token":
        token = super().push(ttype, tag, nesting)
        token.map = self._find_line()
        if ttype == "code_inline":
            token.meta["position"] = self.pos
        return token

    @override
    def pushPending(self) -> "Token":  # noqa: N802
        token = super().pushPending()
        token.map = self._find_line()
        return token

    def _find_line(self) -> list[int]:
        if self.pos > self._counted:
            if newlines := self.src.count("\n", self._counted, self.pos):
                self._map = [self._map[0] + newlines] * 2
            self._counted = self.pos
        return self._map
