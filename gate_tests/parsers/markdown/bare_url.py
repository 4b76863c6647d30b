"""Keeps the `_` and `*` inside a URL in text from being taken for emphasis: `https://example.org/a/__init__.py`."""

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_inline import StateInline

_CHARACTER: Final = r"[^\s<>()\[\]\"`|\\]"
_URL: Final = re.compile(
    rf"https?://(?:(?![.,;:!?][*~]|[,;:!?]_){_CHARACTER}|\({_CHARACTER}{{0,1000}}+\))++", re.IGNORECASE
)
_MARKS_INSIDE: Final = re.compile(r"[*_~]++(?=[/.%?=&#+@:-]?+[A-Za-z0-9])|_++(?=\([A-Za-z0-9])")
"""Marks that the URL goes on behind; others end an emphasis around it."""


def enable(parser: "MarkdownIt") -> None:
    """Let `parser` take such marks for text."""
    parser.inline.ruler.before("strikethrough", "bare_url", _parse_marks)


def _parse_marks(state: "StateInline", silent: bool) -> bool:
    if state.src[state.pos] not in "*_~":
        return False
    marks = _MARKS_INSIDE.match(state.src, state.pos, state.posMax)
    if not marks or not _is_in_url(state, state.pos):
        return False
    if not silent:
        state.push("text", "", 0).content = marks[0]
    state.pos = marks.end()
    return True


def _is_in_url(state: "StateInline", position: int) -> bool:
    urls: list[tuple[int, int]] | None = getattr(state, "bare_urls", None)
    if urls is None:
        urls = [match.span() for match in _URL.finditer(state.src)]
        setattr(state, "bare_urls", urls)  # noqa: B010
    index = bisect_right(urls, (position, len(state.src))) - 1
    return index >= 0 and position < urls[index][1]
