"""Finds the quotations of a report; `quote_matching` compares them with sources.

A quotation is the text between “…”, „…“, «…», ‹…›, »…«, ›…‹, ”…”, »…», 「…」, 『…』 or straight double marks within one
paragraph (the outermost marks if nested), and each paragraph of a block quote (`>`), in a list too, that does not begin
with such a mark. Code and alerts (`> [!NOTE]`) are excluded. A straight mark, », › or ” opens if no letter or digit
precedes it (Han characters aside) and no space follows; », › and ” also not between punctuation. Without a partner
these are no quotation marks; any other opening mark without a partner quotes the rest of its paragraph, as in a
quotation that continues in the next one. The last line of a block quote is omitted if it begins with a dash (the
attribution) and something precedes it. Entities such as `&ldquo;` count as the marks that they encode.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from heapq import merge
from itertools import chain
from typing import Final, NamedTuple

from gate_tests.parsers.markdown_code import LineCounter, blank_code_blocks, blank_code_spans, blank_out
from gate_tests.parsers.quote_matching import BLOCK_QUOTE_PREFIX, ENTITY, LIST_PREFIX, decode_entity, normalize_wording
from gate_tests.parsers.words import find_words, is_word_by_itself

_CLOSING: Final = {
    "“": "”",
    "„": "“”",
    "«": "»",
    "‹": "›",
    "「": "」",
    "『": "』",
    "»": "«»",
    "›": "‹›",
    "”": "”",
    '"': '"',
}
_AMBIGUOUS: Final = frozenset('»›”"')
"""Marks that may open or close, depending on their neighbours and on whether there is a partner."""
_MARKS: Final = "".join(_CLOSING) + "」』"
_MARK: Final = re.compile(rf"[{_MARKS}]")
_PUNCTUATION: Final = re.compile(rf"[.,;:!?…)\]}}%{_MARKS}]")
_BREAK: Final = re.compile(r"\n(?=[ \t]*+(?:\n|[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|\|))")
_MARKUP: Final = re.compile(r"<[A-Za-z/!][^<>]*>|\]\([^()\n]*\)")
"""Tags, and targets of links with their titles."""
_BLOCK_QUOTE: Final = re.compile(rf"^{LIST_PREFIX}>[^\n]*(?:\n|\Z)(?:^[ \t]*+>[^\n]*(?:\n|\Z))*+", re.MULTILINE)
_GAP: Final = re.compile(r"\n[ \t]*+(?:>[ \t]*+)++(?=\n|\Z)")
_ALERT: Final = re.compile(rf"{LIST_PREFIX}>[ \t]*+\[!\w+\]")
_DASHES: Final = ("—", "–", "―", "--")
_ELLIPSIS: Final = re.compile(r"[\[(] ?(?:…|\.{3}|\. \. \.) ?[\])]|…|\.{3,}|\. \. \.")

_MIN_WORDS_PER_PART: Final = 3
"""On average, between ellipses."""


class Quotation(NamedTuple):
    """A quotation: its first line in the report, and its normalized parts between ellipses, in order."""

    line: int
    parts: tuple[str, ...]

    @property
    def length(self) -> int:
        """The number of quoted words."""
        return sum(1 for part in self.parts for _ in find_words(part))

    @property
    def is_fragmented(self) -> bool:
        """Whether the parts between ellipses are too short to prove anything."""
        return len(self.parts) > 1 and self.length < _MIN_WORDS_PER_PART * len(self.parts)


def find_quotations(text: str) -> Iterator[Quotation]:
    """The quotations of a report, in order."""
    text = blank_code_blocks(ENTITY.sub(_decode_mark, text) if "&" in text else text)
    blocks = (match.span() for match in _BLOCK_QUOTE.finditer(text))
    marks = blank_out(blank_code_spans(text), (match.span() for match in _MARKUP.finditer(text)))
    counter = LineCounter(text)
    for start, end in merge(_find_in_block_quotes(text, marks), _find_between_marks(blank_out(marks, blocks))):
        if start < end:
            yield Quotation(counter.line(start), _split_at_ellipses(text[start:end]))


def _decode_mark(entity: re.Match[str]) -> str:
    """Decode an entity if it is a quotation mark; others stay, for they could become markup."""
    mark = decode_entity(entity)
    return mark if _MARK.fullmatch(mark) else entity[0]


def _split_at_ellipses(text: str) -> tuple[str, ...]:
    *parts, last = (part.strip() for part in _ELLIPSIS.split(normalize_wording(text)))
    return tuple(part for part in (*parts, last.rstrip(".,").rstrip()) if part)


class _OpenMark(NamedTuple):
    """An open mark, the offset where its quotation begins, and how many marks of its kind are open."""

    mark: str
    begins: int
    depth: int = 1

    def after(self, text: str, offset: int) -> "_OpenMark | None":
        """What is open after the mark at `offset`."""
        mark = text[offset]
        if mark in _CLOSING[self.mark] and (mark != self.mark or not text[offset - 1].isspace()):
            return self._replace(depth=self.depth - 1) if self.depth > 1 else None
        if mark != self.mark:
            return self  # other marks inside are part of the quotation
        return self._replace(begins=offset + 1) if mark in _AMBIGUOUS else self._replace(depth=self.depth + 1)


def _find_between_marks(text: str) -> Iterator[tuple[int, int]]:
    """The (start, end) of texts between quotation marks."""
    begins = 0
    for gap in chain(_BREAK.finditer(text), [None]):
        ends = gap.start() if gap else len(text)
        yield from _find_in_paragraph(text, begins, ends, _CLOSING.keys())
        begins = ends


def _find_in_paragraph(text: str, start: int, end: int, opening: AbstractSet[str]) -> Iterator[tuple[int, int]]:
    """The same within one paragraph, where only the marks in `opening` can open.

    If an ambiguous mark turns out to have no partner, the text after it is searched again without that mark.
    """
    open_mark: _OpenMark | None = None
    for match in _MARK.finditer(text, start, end):
        offset = match.start()
        if open_mark is None:
            open_mark = (
                _OpenMark(text[offset], offset + 1) if text[offset] in opening and _is_opening(text, offset) else None
            )
            continue
        still_open = open_mark.after(text, offset)
        if still_open is None:
            yield open_mark.begins, offset
        elif still_open.begins > open_mark.begins:
            yield from _find_in_paragraph(text, open_mark.begins, offset, opening - {open_mark.mark})
        open_mark = still_open
    if open_mark and open_mark.mark in _AMBIGUOUS:
        yield from _find_in_paragraph(text, open_mark.begins, end, opening - {open_mark.mark})
    elif open_mark:
        yield open_mark.begins, end


def _is_opening(text: str, offset: int) -> bool:
    if text[offset] not in _AMBIGUOUS:
        return True
    before, behind = text[offset - 1 : offset], text[offset + 1 : offset + 2]
    if (before.isalnum() and not is_word_by_itself(before)) or behind.isspace():
        return False
    return text[offset] == '"' or not (
        _PUNCTUATION.match(before) or (_PUNCTUATION.match(behind) and behind not in ".…")
    )


def _find_in_block_quotes(text: str, marks: str) -> Iterator[tuple[int, int]]:
    """The (start, end) of quotations in block quotes; `marks` is the text without code and markup."""
    for block in _BLOCK_QUOTE.finditer(text):
        if not _ALERT.match(block[0]):
            for start, end in _split_paragraphs(text, *block.span()):
                if BLOCK_QUOTE_PREFIX.sub("", text[start:end]).lstrip(" \t*_")[:1] in tuple(_CLOSING):
                    yield from ((start + first, start + last) for first, last in _find_between_marks(marks[start:end]))
                else:
                    yield start, end


def _split_paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The paragraphs of a block quote, each without a last line that is an attribution."""
    begins = start
    for gap in chain(_GAP.finditer(text, start, end), [None]):
        ends = gap.start() if gap else end
        last_line = text.rfind("\n", begins, len(text[begins:ends].rstrip()) + begins) + 1 or begins
        said_by = last_line > start and text[last_line:ends].lstrip(" \t>*_").startswith(_DASHES)
        yield begins, last_line if said_by else ends
        begins = gap.end() + 1 if gap else end
