"""What a report quotes; `wording` says what of it has to stand in a source.

A quotation is what stands between “…”, „…“, «…», ‹…›, »…«, ›…‹, ”…”, »…», 「…」, 『…』 or straight double marks inside
one paragraph, the outer ones where they are nested; and each paragraph of a block quote (`>`), in a list too, where it
does not begin with such a mark itself. Nothing in code is one, nor is an alert (`> [!NOTE]`). A straight mark, a », a ›
or a ” opens where what stands before it is no letter, or a Han character, and what stands behind it no space; a » and
the like not between other signs either. One without a partner is none. Any other opening mark without a partner quotes
the rest of its paragraph, as where a quotation goes on in the next. A last line of a block quote that begins with a
dash names who said it and is left out, where there is something above it that was said. `&ldquo;` and the like are the
marks they stand for.
"""

import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from heapq import merge
from itertools import chain
from typing import Final, NamedTuple

from gate_tests.parsers.markdown_code import LineCounter, blanked, without_code_blocks, without_code_spans
from gate_tests.parsers.quote_matching import ENTITY, LIST, PREFIX, meant, wording
from gate_tests.parsers.words import is_word_alone, words

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
_TWO_WAYS: Final = frozenset('»›”"')
"""Marks that open or close: by what is around them, and by whether there is a partner."""
_MARKS: Final = "".join(_CLOSING) + "」』"
_MARK: Final = re.compile(rf"[{_MARKS}]")
_ENDS: Final = re.compile(rf"[.,;:!?…)\]}}%{_MARKS}]")
_BREAK: Final = re.compile(r"\n(?=[ \t]*+(?:\n|[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|\|))")
_MARKUP: Final = re.compile(r"<[A-Za-z/!][^<>]*>|\]\([^()\n]*\)")
"""Tags, and the targets of links with their titles."""
_BLOCK_QUOTE: Final = re.compile(rf"^{LIST}>[^\n]*(?:\n|\Z)(?:^[ \t]*+>[^\n]*(?:\n|\Z))*+", re.MULTILINE)
_GAP: Final = re.compile(r"\n[ \t]*+(?:>[ \t]*+)++(?=\n|\Z)")
_ALERT: Final = re.compile(rf"{LIST}>[ \t]*+\[!\w+\]")
_DASHES: Final = ("—", "–", "―", "--")
_ELLIPSIS: Final = re.compile(r"[\[(] ?(?:…|\.{3}|\. \. \.) ?[\])]|…|\.{3,}|\. \. \.")

_LEAST_BETWEEN: Final = 3
"""Words between two ellipses, on the average."""


class Quotation(NamedTuple):
    """What is quoted: on which line of the report it begins, and the wording between ellipses, in this order."""

    line: int
    parts: tuple[str, ...]

    @property
    def length(self) -> int:
        """How many words are quoted."""
        return sum(1 for part in self.parts for _ in words(part))

    @property
    def is_patched(self) -> bool:
        """Whether ellipses leave pieces that are too short to prove anything."""
        return len(self.parts) > 1 and self.length < _LEAST_BETWEEN * len(self.parts)


def quotations(text: str) -> Iterator[Quotation]:
    """The quotations of a report, in its order."""
    text = without_code_blocks(ENTITY.sub(_meant_mark, text) if "&" in text else text)
    blocks = (match.span() for match in _BLOCK_QUOTE.finditer(text))
    marks = blanked(without_code_spans(text), (match.span() for match in _MARKUP.finditer(text)))
    counted = LineCounter(text)
    for start, end in merge(_in_block_quotes(text, marks), _between_marks(blanked(marks, blocks))):
        if start < end:
            yield Quotation(counted.line(start), _parts(text[start:end]))


def _meant_mark(entity: re.Match[str]) -> str:
    """A quotation mark, where it stands for one; all else stays, so that no other line or code comes of it."""
    mark = meant(entity)
    return mark if _MARK.fullmatch(mark) else entity[0]


def _parts(text: str) -> tuple[str, ...]:
    *parts, last = (part.strip() for part in _ELLIPSIS.split(wording(text)))
    return tuple(part for part in (*parts, last.rstrip(".,").rstrip()) if part)


class _Opened(NamedTuple):
    """A mark that waits for its partner, where what it quotes begins, and how many of its kind wait."""

    mark: str
    begins: int
    depth: int = 1

    def after(self, text: str, place: int) -> "_Opened | None":
        """What waits after the mark at `place`."""
        found = text[place]
        if found in _CLOSING[self.mark] and (found != self.mark or not text[place - 1].isspace()):
            return self._replace(depth=self.depth - 1) if self.depth > 1 else None
        if found != self.mark:
            return self  # marks of another kind inside are part of it
        return self._replace(begins=place + 1) if found in _TWO_WAYS else self._replace(depth=self.depth + 1)


def _between_marks(text: str) -> Iterator[tuple[int, int]]:
    """Where something stands between quotation marks."""
    begins = 0
    for gap in chain(_BREAK.finditer(text), [None]):
        ends = gap.start() if gap else len(text)
        yield from _in_paragraph(text, begins, ends, _CLOSING.keys())
        begins = ends


def _in_paragraph(text: str, start: int, end: int, opening: AbstractSet[str]) -> Iterator[tuple[int, int]]:
    """The same in this part of the text, where only the marks in `opening` open.

    Where a mark that may open or close turns out to have no partner, what is behind it is looked through without it.
    """
    opened: _Opened | None = None
    for match in _MARK.finditer(text, start, end):
        place = match.start()
        if opened is None:
            opened = _Opened(text[place], place + 1) if text[place] in opening and _opens(text, place) else None
            continue
        waits = opened.after(text, place)
        if waits is None:
            yield opened.begins, place
        elif waits.begins > opened.begins:
            yield from _in_paragraph(text, opened.begins, place, opening - {opened.mark})
        opened = waits
    if opened and opened.mark in _TWO_WAYS:
        yield from _in_paragraph(text, opened.begins, end, opening - {opened.mark})
    elif opened:
        yield opened.begins, end


def _opens(text: str, place: int) -> bool:
    if text[place] not in _TWO_WAYS:
        return True
    before, behind = text[place - 1 : place], text[place + 1 : place + 2]
    if (before.isalnum() and not is_word_alone(before)) or behind.isspace():
        return False
    return text[place] == '"' or not (_ENDS.match(before) or (_ENDS.match(behind) and behind not in ".…"))


def _in_block_quotes(text: str, marks: str) -> Iterator[tuple[int, int]]:
    """Where block quotes quote: their paragraphs, or what stands in these between marks (`marks`: without code)."""
    for block in _BLOCK_QUOTE.finditer(text):
        if not _ALERT.match(block[0]):
            for start, end in _paragraphs(text, *block.span()):
                if PREFIX.sub("", text[start:end]).lstrip(" \t*_")[:1] in tuple(_CLOSING):
                    yield from ((start + first, start + last) for first, last in _between_marks(marks[start:end]))
                else:
                    yield start, end


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The paragraphs of a block quote, each without a last line that names who said it."""
    begins = start
    for gap in chain(_GAP.finditer(text, start, end), [None]):
        ends = gap.start() if gap else end
        last_line = text.rfind("\n", begins, len(text[begins:ends].rstrip()) + begins) + 1 or begins
        said_by = last_line > start and text[last_line:ends].lstrip(" \t>*_").startswith(_DASHES)
        yield begins, last_line if said_by else ends
        begins = gap.end() + 1 if gap else end
