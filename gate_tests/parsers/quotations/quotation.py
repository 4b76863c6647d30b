"""A quotation of a report."""

import re
from functools import cached_property
from typing import Final

from gate_tests.parsers.quotations.line_hyphens import join_words, read_hyphens
from gate_tests.parsers.quotations.source_text import strip_comments
from gate_tests.parsers.quotations.wording import find_tags, normalize_wording, strip_references
from gate_tests.parsers.words import find_words

_ELLIPSIS: Final = re.compile(r"[\[(] ?(?:[…⋯]\.?|\.{2,4}|\. \. \.(?: \.)?) ?[\])]|[…⋯]++\.?|\.{3,}+|\. \. \.(?: \.)?+")
_MIN_WORDS_PER_PART: Final = 3
"""On average, between ellipses."""


class Quotation:
    """A quotation: its first line in the report, and its text as a reader sees it."""

    def __init__(self, line: int, text: str) -> None:
        self.line = line
        self.text = text

    @cached_property
    def word_count(self) -> int:
        """The number of quoted words, as `word_count` counts; reference marks are none."""
        return sum(1 for _ in find_words(strip_references(self.text)))

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """The normalized parts between ellipses, in order.

        A full stop or comma at the end may be the report's own; marks at the ends may be of another kind there.
        """
        text = join_words(strip_comments(self.text)).replace("\u00a0", " ")
        *parts, last = (read_hyphens(normalize_wording(part))[0] for part in _ELLIPSIS.split(text))
        return tuple(filter(None, (part.strip(' "') for part in (*parts, last.rstrip(' ".,')))))

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """The tags that a reader sees in it, because they are code or escaped. `parts` are without them."""
        return find_tags(self.text)

    @property
    def is_fragmented(self) -> bool:
        """Whether the parts between ellipses are too short to prove anything: anything is composed of single words."""
        return len(self.parts) > 1 and self.word_count < _MIN_WORDS_PER_PART * len(self.parts)
