"""Finds what is at the end of a paragraph of a block quote and names its source: it is no part of the quotation."""

import re
from typing import Final

from gate_tests.parsers.markdown.block import Block, SpanKind
from gate_tests.parsers.words import find_words

_ATTRIBUTION: Final = r"(?i)[ \t*_]*+(?:[—–―]|--(?![a-z])|[-~] (?=\S)|(?:sources?|from|quelle) ?: ?)"
"""An attribution does not begin with an option of a command."""
_BRACKETED: Final = r"[ \t*_]*+\([^()\n]*+(?<=\d)\)[ \t*_.]*+\Z"
"""It ends with a year or a page."""
_MAX_WORDS: Final = 20
_MAX_BRACKETED_WORDS: Final = 10
_REFERENCE: Final = (
    r"\s*+[(\[]?(?<![^\s(\[])[^\s()\[\]:#]{0,200}\.[A-Za-z][A-Za-z0-9]{0,7}"
    r"(?::\d{1,9}(?:[-–]\d{1,9})?|#L\d{1,9}(?:-L?\d{1,9})?)[)\]]?[ \t.]*+\Z"
)
"""`src.md:3`, in brackets or not."""
_NUMBER: Final = r"\[?\d{1,3}\]?"
_NAME_PART: Final = r"(?:[^\W\d_a-z][^\s()—–―]{0,30}+|\(?\d{1,9}[),]{0,2}|p+\.|of|the|de|von|van|in|and|&)"
_NAME_PARTS: Final = rf"{_NAME_PART}(?:,? {_NAME_PART}){{0,7}}+"
_NAME: Final = rf"(?<=[.!?…”’»\"'])[ \t]*+(?:[—–―] ?{_NAME_PARTS}|\((?:see )?{_NAME_PARTS}\)?)[ \t.*_]*+\Z"
"""A dash and a name, or a name and a year in brackets, behind a whole sentence."""
_WINDOW: Final = 400


def find_attribution(block: Block, start: int, is_first: bool, is_last: bool) -> int:
    """The offset of what names the source; the end of the text if nothing does.

    It is a last line, though not the only line of a paragraph that is not the last; a name behind a sentence; or a
    citation, also before that.
    """
    text = block.text
    last_line = text.rfind("\n", start, len(text.rstrip())) + 1 or start
    is_paragraph = not text[start:last_line].strip()
    if (not is_paragraph or (is_last and not is_first)) and _is_attribution(block, last_line):
        return _strip_references(block, start, last_line)
    return _strip_references(block, start, len(text))


def _is_attribution(block: Block, start: int) -> bool:
    line = block.text[start:]
    length = sum(1 for _ in find_words(line))
    if re.match(_ATTRIBUTION, line):
        return length <= _MAX_WORDS
    return length <= _MAX_BRACKETED_WORDS and (re.match(_BRACKETED, line) is not None or _is_link(block, start, line))


def _is_link(block: Block, start: int, line: str) -> bool:
    """Whether the line is a link and nothing else."""
    end = start + len(line.rstrip(" \t\n.)]"))
    start += len(line) - len(line.lstrip(" \t(["))
    return any(span.kind is SpanKind.LINK and span.start <= start < end <= span.end for span in block.spans)


def _strip_references(block: Block, start: int, end: int) -> int:
    """The end without a citation or the number of one, or a name behind a whole sentence."""
    end = start + len(block.text[start:end].rstrip())
    for span in reversed(block.spans):
        if span.kind is SpanKind.LINK and span.end == end and re.fullmatch(_NUMBER, block.text[span.start : span.end]):
            return span.start
    window = max(start, end - _WINDOW)
    found = re.search(_REFERENCE, block.text[window:end]) or re.search(_NAME, block.text[window:end])
    return window + found.start() if found and window + found.start() > start else end
