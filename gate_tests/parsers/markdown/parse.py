"""Parses a Markdown text into its blocks."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Final

from gate_tests.parsers.markdown import is_markdown
from gate_tests.parsers.markdown.block import Block, BlockKind, Flavor
from gate_tests.parsers.too_large import TooLargeToParse

_MAX_KEPT_LENGTH: Final = 65_536  # characters


def parse_blocks(text: str, path: str, max_bytes: int) -> Iterator[Block]:
    """The blocks of the text after its front matter, in order, without code blocks and comments.

    The name of the file tells the flavor. Raises TooLargeToParse for a text of more than `max_bytes` (as UTF-8)
    or one that is nested too deeply; before the first block.
    """
    return _parse_checked(text, path, max_bytes, frozenset(BlockKind))


def parse_heading_blocks(text: str, path: str, max_bytes: int) -> Iterator[Block]:
    """Those of them that are headings. Takes less time and memory. Raises TooLargeToParse, as `parse_blocks`."""
    blocks = _parse_checked(text, path, max_bytes, frozenset((BlockKind.HEADING,)))
    return (block for block in blocks if block.kind is BlockKind.HEADING)


def _parse_checked(text: str, path: str, max_bytes: int, kinds: frozenset[BlockKind]) -> Iterator[Block]:
    check_size(text, max_bytes)
    if len(text) <= _MAX_KEPT_LENGTH:
        return iter(_parse_short_text(text, get_flavor(path)))
    return _parse(text, get_flavor(path), kinds)


@lru_cache(maxsize=8)
def _parse_short_text(text: str, flavor: Flavor) -> tuple[Block, ...]:
    """Kept, for several checks may be about one file."""
    return tuple(_parse(text, flavor, frozenset(BlockKind)))


def _parse(text: str, flavor: Flavor, kinds: frozenset[BlockKind]) -> Iterator[Block]:
    from gate_tests.parsers.markdown.block_parser import find_raw_blocks
    from gate_tests.parsers.markdown.render import render_blocks

    text = text.replace("\r\n", "\n").replace("\r", "\n")
    start = find_start(text)
    first_line = text.count("\n", 0, start) + 1
    raw, references = find_raw_blocks(text[start:], first_line, flavor)
    return render_blocks((block for block in raw if block.kind in kinds), references, flavor)


def get_flavor(path: str) -> Flavor:
    """The flavor of the file at `path`, by its name."""
    if path.lower().endswith(".mdx"):
        return Flavor.MDX
    return Flavor.COMMONMARK if is_markdown(path) else Flavor.PLAIN


def find_start(text: str) -> int:
    """The offset at which the Markdown begins, after the front matter; its module is imported only where it may be."""
    if not text.startswith(("---", "+++")):
        return 0
    from gate_tests.parsers.front_matter import find_front_matter_end

    return find_front_matter_end(text)


def check_size(text: str, max_bytes: int) -> None:
    """Raises TooLargeToParse for a text that is too large for the parser."""
    size_bytes = len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))
    if size_bytes > max_bytes:
        raise TooLargeToParse(
            f"{size_bytes} bytes of Markdown, more than the {max_bytes} that are parsed (limits.markdown_bytes)"
        )
