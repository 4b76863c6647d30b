"""Says why a report has no citation: what would be one, and what was set aside."""

import re
from typing import Final

from gate_tests.parsers.citations.citation import CitationKind
from gate_tests.parsers.citations.file_names import Likeness, judge_path
from gate_tests.parsers.citations.find import find_citations
from gate_tests.parsers.citations.grammar import CITATION
from gate_tests.parsers.citations.scan_text import scan_text
from gate_tests.parsers.citations.targets import is_address
from gate_tests.parsers.markdown.block import Block, SpanKind
from gate_tests.parsers.markdown.parse import parse_blocks

_MAX_COUNTED: Final = 1000
_SEPARATOR: Final = re.compile(r"[/\\]")
_OUTSIDE: Final = re.compile(r"[^A-Za-z0-9]*[/\\~]|[A-Za-z]:|.*\.\.")


def explain_none(text: str, path: str, max_bytes: int) -> str:
    """Why no citation was counted. Raises TooLargeToParse, see `parse_blocks`."""
    blocks = list(parse_blocks(text, path, max_bytes))
    found = list(find_citations(blocks))
    perhaps = sorted({_show(each.text) for each in found if each.kind is CitationKind.LINES})
    paths = {each.text for each in found if each.kind is CitationKind.PATH and each.is_certain}
    aside = [
        (_count_addresses(blocks), "web link", "web links"),
        (len(paths), "path without a line", "paths without a line"),
        (
            len(perhaps),
            f"number without a file name ({perhaps[0]})" if perhaps else "",
            "numbers without a file name",
        ),
        (_count_certain(text), "in a code block or comment", "in code blocks or comments"),
    ]
    counts = ", ".join(f"{number} {one if number == 1 else many}" for number, one, many in aside if number)
    return f"no `path:line`, no relative link{f'; not counted: {counts}' if counts else ''}"


def _show(text: str) -> str:
    """The text; only the last name of a path that may be outside of the root."""
    return f"…/{_SEPARATOR.split(text)[-1]}" if _OUTSIDE.match(text) else text


def _count_addresses(blocks: list[Block]) -> int:
    links = (span for block in blocks for span in block.spans if span.kind in (SpanKind.LINK, SpanKind.IMAGE))
    return len({span.target for span in links if is_address(span.target)})


def _count_certain(text: str) -> int:
    """How many paths with lines a text has, wherever they stand, up to a thousand."""
    count = 0
    for match in CITATION.finditer(scan_text(text)):
        if match["lines"] and judge_path(text[slice(*match.span("path"))]) is Likeness.FILE:
            count += 1
            if count == _MAX_COUNTED:
                break
    return count
