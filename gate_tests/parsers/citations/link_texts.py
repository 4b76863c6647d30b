"""Reads paths in the texts of links: `[a.py:10](src/a.py#L10)` names a file, and shows where it is."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from typing import Final, NamedTuple

from gate_tests.parsers.citations.citation import CitationKind
from gate_tests.parsers.citations.readings import Path
from gate_tests.parsers.citations.targets import is_address, unquote_path
from gate_tests.parsers.markdown.block import Block, SpanKind

_HOSTED: Final = re.compile(r"https?://[^/\s]+/[^?#]*?/(?:blob|blame|raw|tree|edit|src/branch)/[^/]+/([^?#]+)")
"""A file of a repository on GitHub, GitLab or such."""
_LINES: Final = re.compile(r":L?\d[\d,:L-]*\Z")


class _Link(NamedTuple):
    start: int
    end: int
    target: str


class LinkTexts:
    """The links of a block that have a text."""

    def __init__(self, block: Block) -> None:
        links = [each for each in block.spans if each.kind is SpanKind.LINK and each.end > each.start]
        self._links = sorted(_Link(each.start, each.end, each.target) for each in links)
        self._starts: Sequence[int] = [each.start for each in self._links]

    def add_target(self, path: Path, offset: int) -> tuple[Path, CitationKind]:
        """The path; if it stands in the text of a link to a file of the same name, that file is its first reading.

        It then is looked for as a link is.
        """
        index = bisect_right(self._starts, offset) - 1
        if index < 0 or offset >= self._links[index].end:
            return path, CitationKind.LINES
        target = _read_target(self._links[index].target)
        if not target.rpartition("/")[2].endswith(path.shown.rpartition("/")[2]):
            return path, CitationKind.LINES
        return path._replace(readings=(target, *path.readings)), CitationKind.LINK


def _read_target(target: str) -> str:
    """The path in the target of a link, empty if it has none."""
    if hosted := _HOSTED.match(target):
        return unquote_path(hosted[1])
    if is_address(target):
        return ""
    return unquote_path(_LINES.sub("", re.split("[#?]", target, maxsplit=1)[0]))
