"""The first stage: splits a text into blocks, whose text is still Markdown.

Only this module and `render` import markdown_it, and are imported where a text has to be parsed: that takes a tenth of
a `gate finish`.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any, Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, reference
from markdown_it.token import Token

from gate_tests.parsers.markdown import bare_url
from gate_tests.parsers.markdown.block import BlockKind, Flavor
from gate_tests.parsers.too_large import TooLargeToParse
from gate_tests.typing_compat import override

_MAX_BLOCK_NESTING: Final = 100
"""Of block quotes (1) and lists (2) in each other. The parser leaves out what is nested more deeply."""
_MAX_INLINE_NESTING: Final = 20
"""Of links and emphasis in each other. What is nested more deeply is text as it is written; time grows with it."""
_DELIMITER_ROW: Final = re.compile(r"(?=[^|]*+\|)\s*+\|?+\s*+:?-++:?\s*+(?:\|\s*+:?-++:?\s*+)*+\|?+\s*+")
_OUTER_BORDERS: Final = re.compile(r"^\s*+\||(?<!\\)\|\s*+$")
_CELL_BORDER: Final = re.compile(r"(?<!\\)\|")


class RawBlock(NamedTuple):
    """A block as `Block`, but `content` is Markdown, or HTML; of a definition it is the target."""

    kind: BlockKind
    content: str
    line: int
    level: int = 0
    quote: int = 0
    is_nested: bool = False


References = dict[str, Any]
"""The definitions of links by label, as the parser stores and uses them."""


def find_raw_blocks(text: str, first_line: int, flavor: Flavor) -> tuple[list[RawBlock], References]:
    """The blocks of a text, and its definitions of links. `first_line`: the number of its first line in the file.

    Raises TooLargeToParse for a text that is nested too deeply.
    """
    parser, collector = make_parser(flavor), _TokenCollector(first_line)
    env: dict[str, Any] = {"references": {}, "duplicate_refs": []}
    parser.options["maxNesting"] = _MAX_BLOCK_NESTING
    try:
        parser.block.parse(text.replace("\0", "\N{REPLACEMENT CHARACTER}"), parser, env, collector)
    finally:
        parser.options["maxNesting"] = _MAX_INLINE_NESTING
    blocks = collector.finish()
    if env["references"]:
        defined = (*env["references"].values(), *env["duplicate_refs"])
        blocks += [RawBlock(BlockKind.DEFINITION, each["href"], each["map"][0] + first_line) for each in defined]
        blocks.sort(key=_line)
    return blocks, env["references"]


def _line(block: RawBlock) -> int:
    return block.line


class _TokenCollector(list[Token]):
    """What the parser appends its tokens to. Keeps no token, for they take hundreds of bytes per byte of the text.

    The parser looks at earlier tokens only to mark the paragraphs of a list as tight, for HTML.
    """

    def __init__(self, first_line: int) -> None:
        super().__init__()
        self._first_line = first_line
        self._blocks: list[RawBlock] = []
        self._last: Token | None = None
        self._quotes = self._quote_depth = self._list_depth = 0

    @override
    def append(self, token: Token, /) -> None:
        # The parser fills in a token after it has appended it: an inline or html_block token is complete at the next.
        last, self._last = self._last, token
        if last is not None and last.type in ("inline", "html_block"):
            self._add(last, token)
        if token.type == "blockquote_open":
            self._quotes += not self._quote_depth
            self._quote_depth += 1
        elif token.type == "blockquote_close":
            self._quote_depth -= 1
        elif token.type == "list_item_open":
            self._list_depth += 1
        elif token.type == "list_item_close":
            self._list_depth -= 1

    def finish(self) -> list[RawBlock]:
        """All blocks, once the text has been parsed."""
        if self._last is not None and self._last.type == "html_block":
            self._add(self._last, self._last)
        return self._blocks

    def _add(self, token: Token, following: Token) -> None:
        line = (token.map[0] if token.map else 0) + self._first_line
        quote = self._quotes if self._quote_depth else 0
        is_nested = bool(self._quote_depth or self._list_depth)
        if token.type == "html_block":
            self._blocks.append(RawBlock(BlockKind.HTML, token.content, line, 0, quote, is_nested))
        elif following.type == "heading_close":
            level = int(following.tag[1:])
            self._blocks.append(RawBlock(BlockKind.HEADING, token.content, line, level, quote, is_nested))
        else:
            for kind, content, offset in _split_table(token.content):
                self._blocks.append(RawBlock(kind, content, line + offset, 0, quote, is_nested))


def _split_table(content: str) -> Iterator[tuple[BlockKind, str, int]]:
    """The rows of a table, which CommonMark takes for a paragraph, and what precedes it; with their first lines."""
    lines = content.split("\n") if "|" in content else []
    header = next((index for index, pair in enumerate(pairwise(lines)) if _is_table_head(*pair)), len(lines))
    if header or not lines:
        yield BlockKind.PARAGRAPH, "\n".join(lines[:header]) or content, 0
    for index, line in enumerate(lines[header:], header):
        yield BlockKind.TABLE_ROW, line.strip(), index


def _is_table_head(line: str, delimiters: str) -> bool:
    """Whether the second of two lines makes the first one the head of a table: it has as many cells."""
    return bool(_DELIMITER_ROW.fullmatch(delimiters)) and _count_cells(line) == _count_cells(delimiters)


def _count_cells(row: str) -> int:
    return len(_CELL_BORDER.findall(_OUTER_BORDERS.sub("", row))) + 1


@cache
def make_parser(flavor: Flavor) -> MarkdownIt:
    """A parser of CommonMark with strikethrough that hides nothing, and leaves the targets of links as written."""
    parser = _Parser("commonmark").enable("strikethrough")
    parser.options["maxNesting"] = _MAX_INLINE_NESTING
    parser.block.ruler.before("fence", "depth", _refuse_depth)
    parser.block.ruler.at("reference", _parse_definition)
    bare_url.enable(parser)
    if flavor is not Flavor.COMMONMARK:
        parser.disable("code")
    if flavor is Flavor.MDX:
        from gate_tests.parsers.markdown import mdx

        mdx.enable(parser)
    return parser


class _Parser(MarkdownIt):  # which names its methods as its model in JavaScript
    @override
    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url

    @override
    def normalizeLinkText(self, link: str) -> str:  # noqa: N802
        return link

    @override
    def validateLink(self, url: str) -> bool:  # noqa: N802
        return True


def _refuse_depth(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if state.level > _MAX_BLOCK_NESTING - 3:  # before the parser leaves anything out
        raise TooLargeToParse("block quotes or lists that are nested too deeply to be parsed")
    return False


def _parse_definition(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    """A definition of a link, but of no footnote: `[^1]: Smith "said so"` is text."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    return not state.src.startswith("[^", start) and reference(state, start_line, end_line, silent)
