"""What a report quotes, and whether a source says so word for word.

A quotation is what stands between “…”, „…“, «…», ‹…› or straight double marks inside one paragraph, the outer ones
where they are nested; and each paragraph of a block quote (`>`), where it does not begin with such a mark itself.
Nothing in code is one, nor is an alert (`> [!NOTE]`). A straight mark opens where a space or a bracket stands before
it and none after; one without a partner is none. An opening “, „, « or ‹ without a partner quotes the rest of its
paragraph, as where a quotation goes on in the next. A last line of a block quote that begins with a dash names who said
it and is left out.

Compared is the wording: white space of any kind and amount is one space, typographic quotation marks and apostrophes
are straight ones, `*`, `_`, `` ` `` and the `>` of a block quote are no words, and a full stop or comma at the very
end of a quotation is the report's. It begins and ends where words do: "true that" is no quotation of "untrue that". An
ellipsis (`…`, `...`, with brackets or without) stands for anything: what is before and after it must stand in one
source in that order.
"""

import re
from collections.abc import Iterable, Iterator
from heapq import merge
from itertools import chain
from typing import NamedTuple

from gate_tests.checks.prose import LineCounter, blanked, without_code_blocks, without_code_spans

_CLOSING = {"“": "”", "„": "“”", "«": "»", "‹": "›", '"': '"'}
_MARK_OR_BREAK = re.compile(r'["“”„«»‹›]|\n(?=[ \t]*+(?:\n|[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|\|))')
_MARKUP = re.compile(r"<[A-Za-z/!][^<>]*>|\]\([^()\n]*\)")
"""Tags, and the targets of links with their titles."""
_BLOCK_QUOTE = re.compile(r"(?:^[ \t]*+>[^\n]*(?:\n|\Z))++", re.MULTILINE)
_PREFIX = re.compile(r"^[ \t]*+(?:>[ \t]?)++", re.MULTILINE)
_GAP = re.compile(r"\n[ \t]*+(?:>[ \t]*+)++(?=\n|\Z)")
_ALERT = re.compile(r"[ \t]*+>[ \t]*+\[!\w+\]")
_DASHES = ("—", "–", "―", "--")
_ELLIPSIS = re.compile(r"[\[(] ?(?:…|\.{3}|\. \. \.) ?[\])]|…|\.{3,}|\. \. \.")

_MOST_INSIDE_WORDS = 100
"""So many places where a quotation stands but begins or ends inside a word are passed over; then it stands nowhere."""

_STRAIGHT = {'"': "“”„‟«»″", "'": "‘’‚‛‹›′", "": "*_`"}
_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_MORE_SPACES = "\u2028\u2029\u202f\u205f\u3000"


class Quotation(NamedTuple):
    """What is quoted: on which line of the report it begins, and the wording between ellipses, in this order."""

    line: int
    parts: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        """The words that are quoted."""
        return [word for part in self.parts for word in part.split() if any(map(str.isalnum, word))]


def wording(text: str) -> str:
    """The text as it is compared with another."""
    if ">" in text:
        text = _PREFIX.sub("", text)
    for plain, marks in _STRAIGHT.items():
        for mark in marks:
            text = text.replace(mark, plain)
    for space in _SPACES + _MORE_SPACES:
        text = text.replace(space, " ")
    while "  " in text:  # each time there is at most half of it left; a list of all words would take far more
        text = text.replace("  ", " ")
    return text


def stands_in(parts: Iterable[str], source: str) -> bool:
    """Whether the parts of a quotation stand in this wording of a source, one after the other."""
    place = 0
    for part in parts:
        place = _end_of(part, source, place)
        if place < 0:
            return False
    return True


def _end_of(part: str, source: str, place: int) -> int:
    """Where the part ends that stands in the source from `place` on, as whole words; -1 where it does not."""
    for _ in range(_MOST_INSIDE_WORDS):
        found = source.find(part, place)
        if found < 0:
            break
        end = found + len(part)
        if not (_is_inside_a_word(source, found) or _is_inside_a_word(source, end)):
            return end
        place = found + 1
    return -1


def _is_inside_a_word(text: str, place: int) -> bool:
    """Between two letters or digits. Of scripts without small letters nobody knows where a word ends: there, never."""
    around = text[place - 1 : place + 1] if place else ""
    return len(around) == 2 and all(each.isdecimal() or each.lower() != each.upper() for each in around)


def quotations(text: str) -> Iterator[Quotation]:
    """The quotations of a report, in its order."""
    text = without_code_blocks(text)
    blocks = (match.span() for match in _BLOCK_QUOTE.finditer(text))
    marks = blanked(without_code_spans(text), (match.span() for match in _MARKUP.finditer(text)))
    counted = LineCounter(text)
    for start, end in merge(_in_block_quotes(text, marks), _between_marks(blanked(marks, blocks))):
        if start < end:
            yield Quotation(counted.line(start), _parts(text[start:end]))


def _parts(text: str) -> tuple[str, ...]:
    *parts, last = (part.strip() for part in _ELLIPSIS.split(wording(text)))
    return tuple(part for part in (*parts, last.rstrip(".,").rstrip()) if part)


class _Opened(NamedTuple):
    """A mark that waits for its partner, where what it quotes begins, and how many of its kind wait."""

    mark: str
    begins: int
    depth: int = 1

    def after(self, text: str, place: int) -> "_Opened | None":
        """What waits after the mark, or the end of the paragraph, at `place`."""
        found = text[place]
        if found in _CLOSING[self.mark] and (self.mark != '"' or not text[place - 1].isspace()):
            return self._replace(depth=self.depth - 1) if self.depth > 1 else None
        if found == "\n":
            return None
        if found != self.mark:
            return self  # marks of another kind inside are part of it
        return self._replace(begins=place + 1) if self.mark == '"' else self._replace(depth=self.depth + 1)


def _between_marks(text: str) -> Iterator[tuple[int, int]]:
    """Where something stands between quotation marks."""
    opened: _Opened | None = None
    for match in _MARK_OR_BREAK.finditer(text):
        place = match.start()
        if opened is None:
            opened = _Opened(text[place], place + 1) if _opens(text, place) else None
            continue
        waits = opened.after(text, place)
        if waits is None and (text[place] != "\n" or opened.mark != '"'):
            yield opened.begins, place
        opened = waits
    if opened and opened.mark != '"':
        yield opened.begins, len(text)


def _opens(text: str, place: int) -> bool:
    if text[place] != '"':
        return text[place] in _CLOSING
    return not text[place - 1 : place].isalnum() and not text[place + 1 : place + 2].isspace()


def _in_block_quotes(text: str, marks: str) -> Iterator[tuple[int, int]]:
    """Where block quotes quote: their paragraphs, or what stands in these between marks (`marks`: without code)."""
    for block in _BLOCK_QUOTE.finditer(text):
        if not _ALERT.match(block[0]):
            for start, end in _paragraphs(text, *block.span()):
                if _PREFIX.sub("", text[start:end]).lstrip(" \t*_")[:1] in tuple(_CLOSING):
                    yield from ((start + first, start + last) for first, last in _between_marks(marks[start:end]))
                else:
                    yield start, end


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The paragraphs of a block quote, each without a last line that names who said it."""
    begins = start
    for gap in chain(_GAP.finditer(text, start, end), [None]):
        ends = gap.start() if gap else end
        last_line = text.rfind("\n", begins, len(text[begins:ends].rstrip()) + begins) + 1 or begins
        said_by = text[last_line:ends].lstrip(" \t>*_").startswith(_DASHES)
        yield begins, last_line if said_by else ends
        begins = gap.end() + 1 if gap else end
