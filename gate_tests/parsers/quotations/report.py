"""Finds the quotations of a report: what is between quotation marks, and block quotes."""

from collections.abc import Iterable, Iterator
from itertools import chain, groupby, pairwise
from typing import Final

from gate_tests.parsers.markdown.block import Block, BlockKind
from gate_tests.parsers.quotations.block_quotes import find_in_block_quote, is_call_out, mask_code
from gate_tests.parsers.quotations.marks import find_marked
from gate_tests.parsers.quotations.quotation import Quotation

_NO_BLOCK: Final = Block(BlockKind.PARAGRAPH, "", ((0, 0),))


class Report:
    """The blocks of a report. `call_outs`: how many block quotes were set aside as alerts or notes so far."""

    def __init__(self, blocks: Iterable[Block]) -> None:
        self._blocks = blocks
        self.call_outs = 0

    def find_quotations(self) -> Iterator[Quotation]:
        """The quotations, in order."""
        for quote, blocks in groupby(self._blocks, key=_quote_number):
            for block, start, end in (self._find_in_block_quote if quote else _find_between_marks)(blocks):
                if text := block.text[start:end].strip():
                    yield Quotation(block.line_at(start), text)

    def _find_in_block_quote(self, blocks: Iterable[Block]) -> Iterator[tuple[Block, int, int]]:
        paragraphs = [block for block in blocks if block.text.strip()]
        if paragraphs and is_call_out(paragraphs[0]):
            self.call_outs += 1
            return iter(())
        return find_in_block_quote(paragraphs)


def _quote_number(block: Block) -> int:
    return block.quote


def _find_between_marks(blocks: Iterable[Block]) -> Iterator[tuple[Block, int, int]]:
    for block, following in pairwise(chain(blocks, (_NO_BLOCK,))):
        next_mark = following.text.lstrip()[:1]
        yield from ((block, start, end) for start, end in find_marked(mask_code(block), next_mark))
